package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// object is one of JSON.
type object = map[string]any

// issueToken logs in as the administrator.
func (c *cloud) issueToken(ctx context.Context) error {
	domain := object{"id": "default"}
	request := object{"auth": object{
		"identity": object{
			"methods":  []string{"password"},
			"password": object{"user": object{"name": "admin", "domain": domain, "password": c.settings.Password.Admin}},
		},
		"scope": object{"project": object{"name": "admin", "domain": domain}},
	}}
	var token struct {
		Token struct {
			Roles []struct{ Name string }
		}
	}
	header, err := c.call(ctx, http.StatusCreated, http.MethodPost, c.url(c.settings.Port.Keystone)+"/v3/auth/tokens", request, &token)
	if err != nil {
		return err
	}
	c.token = header.Get("X-Subject-Token")
	for _, role := range token.Token.Roles {
		if role.Name == "admin" && c.token != "" {
			return nil
		}
	}
	return fmt.Errorf("the token lacks the role admin: %+v", token)
}

// registerGlance makes glance's user and its place in the catalogue, as kolla-ansible does
// it for each service.
func (c *cloud) registerGlance(ctx context.Context) error {
	project, err := c.create(ctx, "project", object{"name": "service", "domain_id": "default"})
	if err != nil {
		return err
	}
	user, err := c.create(ctx, "user", object{"name": "glance", "domain_id": "default", "password": c.settings.Password.Glance})
	if err != nil {
		return err
	}
	role, err := c.role(ctx, "admin")
	if err != nil {
		return err
	}
	grant := fmt.Sprintf("%s/v3/projects/%s/users/%s/roles/%s", c.url(c.settings.Port.Keystone), project, user, role)
	if _, err := c.call(ctx, http.StatusNoContent, http.MethodPut, grant, nil, nil); err != nil {
		return err
	}
	service, err := c.create(ctx, "service", object{"name": "glance", "type": "image"})
	if err != nil {
		return err
	}
	for _, use := range []string{"internal", "public"} {
		_, err := c.create(ctx, "endpoint", object{
			"interface": use, "region_id": "RegionOne", "service_id": service, "url": c.url(c.settings.Port.Glance),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// create makes a thing of keystone's, and returns its id.
func (c *cloud) create(ctx context.Context, kind string, what object) (string, error) {
	var made map[string]struct{ ID string }
	url := fmt.Sprintf("%s/v3/%ss", c.url(c.settings.Port.Keystone), kind)
	_, err := c.call(ctx, http.StatusCreated, http.MethodPost, url, object{kind: what}, &made)
	if err == nil && made[kind].ID == "" {
		err = errors.New(kind + ": the answer has no id")
	}
	return made[kind].ID, err
}

func (c *cloud) role(ctx context.Context, name string) (string, error) {
	var found struct{ Roles []struct{ ID string } }
	_, err := c.call(ctx, http.StatusOK, http.MethodGet, c.url(c.settings.Port.Keystone)+"/v3/roles?name="+name, nil, &found)
	if err == nil && len(found.Roles) != 1 {
		err = fmt.Errorf("there are %d roles %q", len(found.Roles), name)
	}
	if err != nil {
		return "", err
	}
	return found.Roles[0].ID, nil
}
