#!/usr/bin/env bash
# The model card's cURL example; only base URL and key come from the environment.
set -euo pipefail
answer=$(curl -sS -X POST \
  "$OPENAI_BASE_URL/images/generations" \
  -H "Authorization: Bearer $HELIOSTAT_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "stable-diffusion-3.5-large-turbo",
    "prompt": "A serene mountain landscape at sunset",
    "size": "1024x1024"
  }')
url=$(python3 -c 'import json, sys; a = json.load(sys.stdin); assert isinstance(a["created"], int); print(a["data"][0]["url"])' <<< "$answer")
type=$(curl -sS -o /dev/null -w '%{content_type}' "$url")
[[ "$type" == image/* ]] || { echo "the URL is no picture: $type"; exit 1; }
echo "cURL: ok ${url%%\?*}"
