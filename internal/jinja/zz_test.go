package jinja
import ("testing";"math/rand/v2";"time")
func TestZZ(t *testing.T){
 structures := &structure{Rand: rand.New(rand.NewPCG(20, 26))}
 kinds:=map[string]int{}; start:=time.Now(); n:=0; var slow time.Duration
 for range 2500 { c:=structures.templates(); s:=time.Now(); a:=renderHere(t,c); if d:=time.Since(s); d>slow {slow=d; t.Log(d,len(a.output),a.kind)}; kinds[a.kind]++; n+=len(a.output)}
 t.Log(kinds,time.Since(start),n)
}
