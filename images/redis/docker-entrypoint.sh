#!/bin/sh
# What follows the image's name is a program, or else options or a configuration file for redis-server.
set -eu
case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
# Without a configuration file there is no password, and the container's own network is the border.
if [ "$*" = redis-server ]; then set -- redis-server --protected-mode no; fi
exec "$@"
