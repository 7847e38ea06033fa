#!/bin/bash
# Makes the AOT cache: starts the gateway, lets the sandbox serve real requests, some of them through the gateway itself as a provider,
# and ends it; the JVM then writes down what it loaded, and how often what was called. The cache is good for the same JDK, jar, path and
# flags only, so it is made where and as it will be used.
#
#     docker/train.sh CACHE JAR [JVM FLAGS]
set -eu
cache=$1 jar=$2
shift 2
java=${JAVA:-java} port=${TRAINING_PORT:-18080} requests=${TRAINING_REQUESTS:-100}
work=$(mktemp -d)
key=training-key-0123456789abcdef
mkdir "$work/config"
"$java" -XX:AOTCacheOutput="$cache" "$@" -jar "$jar" --server.port="$port" --server.address=127.0.0.1 --management.server.port=$((port + 1)) \
  --management.server.address=127.0.0.1 --heliostat.data-dir="$work/data" --heliostat.config-dir="$work/config" \
  --heliostat.bootstrap.live-key="live-$key" --heliostat.bootstrap.test-key="test-$key" \
  --heliostat.providers.openai.base-url="http://127.0.0.1:$port/openai/v1" --heliostat.providers.openai.api-key="test-$key" > "$work/log" 2>&1 &
gateway=$!
trap 'kill -9 "$gateway" 2>/dev/null || true; rm -rf "$work"' EXIT

# No curl is needed: bash speaks enough HTTP for this.
ask() { # ask PORT METHOD PATH KEY [BODY]: the status of the answer
  local body=${5:-} status
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
    "$2" "$3" "$4" "${#body}" "$body" >&3
  IFS=' ' read -r -u 3 _ status _
  cat <&3 > /dev/null
  exec 3>&-
  [ "$status" = 200 ]
}
fail() { echo "$1"; tail -40 "$work/log"; exit 1; }

for attempt in $(seq 1200); do
  ask $((port + 1)) GET /actuator/health/readiness none 2>/dev/null && break
  kill -0 "$gateway" 2>/dev/null && [ "$attempt" -lt 1200 ] || fail "The gateway did not start."
  sleep 0.1
done
for i in $(seq "$requests"); do
  case $((i % 5)) in
    0) body='"response_format": "url"' who="test-$key" model=stable-diffusion-3.5-large-turbo ;;
    1) body='"response_format": "b64_json", "output_format": "jpeg"' who="test-$key" model=gpt-image-1.5 ;;
    2) body='"response_format": "b64_json"' who="live-$key" model=sandbox/gpt-image-2 ;;
    3) body='"response_format": "url", "output_format": "webp"' who="live-$key" model=sandbox/flux.1-schnell ;;
    4) body='"response_format": "b64_json"' who="live-$key" model=gpt-image-1.5 ;;
  esac
  ask "$port" POST /openai/v1/images/generations "$who" "{\"model\": \"$model\", \"prompt\": \"Training $i\", $body}" \
    || fail "The sandbox did not serve $model."
done
for path in /openai/v1/models /openai/v1/models/gpt-image-1.5 /openai/v1/balance /openai/v1/generations; do
  ask "$port" GET "$path" "live-$key" || fail "$path was not served."
done
ask $((port + 1)) GET /actuator/prometheus none || fail "The metrics were not served."
kill -TERM "$gateway"
wait "$gateway" || [ $? = 143 ] || fail "The gateway did not end well."
[ -s "$cache" ] || fail "There is no cache."
