package main

import "crypto/rand"

// settings are what the configuration files are written with. Ports are those of
// kolla-ansible. The containers have a network to themselves, so all are free.
type settings struct {
	Address string // where the services listen
	VIP     string // where HAProxy does, on their behalf
	Port    struct {
		EPMD, Galera, Glance, Keystone, MariaDB, Memcached, Monitor int

		RabbitMQ, RabbitMQCluster, RabbitMQManagement int
	}
	Password struct {
		Admin, Database, Glance, GlanceDatabase, KeystoneDatabase, Memcached, Monitor, RabbitMQ string
	}
}

func newSettings() settings {
	s := settings{Address: "127.0.0.1", VIP: "127.0.0.100"}
	s.Port.EPMD = 4369
	s.Port.Galera = 4567
	s.Port.Glance = 9292
	s.Port.Keystone = 5000
	s.Port.MariaDB = 3306
	s.Port.Memcached = 11211
	s.Port.Monitor = 61313
	s.Port.RabbitMQ = 5672
	s.Port.RabbitMQCluster = 25672
	s.Port.RabbitMQManagement = 15672

	p := &s.Password
	for _, password := range []*string{
		&p.Admin, &p.Database, &p.Glance, &p.GlanceDatabase, &p.KeystoneDatabase, &p.Memcached, &p.Monitor, &p.RabbitMQ,
	} {
		*password = rand.Text()
	}
	return s
}
