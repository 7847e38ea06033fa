#!/bin/bash
# Starts the gateway, or asks it whether it is ready.
if [ "${1:-}" = health ]; then
  # No curl is needed: bash speaks enough HTTP for this.
  exec 3<>"/dev/tcp/127.0.0.1/${MANAGEMENT_SERVER_PORT:-9090}" || exit 1
  printf 'GET /actuator/health/readiness HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
  read -r status <&3
  [[ "$status" == *" 200"* ]]
  exit
fi
cd /app || exit 1
# shellcheck disable=SC2086
exec java -XX:AOTCache=/app/heliostat.aot $JAVA_FLAGS $JAVA_MEMORY ${JAVA_OPTS:-} -jar heliostat.jar "$@"
