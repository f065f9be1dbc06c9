# Where kolla_extend_start collects what browsers load, and the web server has it from.
STATIC_ROOT = "/var/lib/horizon/static"
