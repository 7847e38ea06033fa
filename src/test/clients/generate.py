"""The model card's Python example; only base URL and key come from the environment."""
import os
import urllib.request

from openai import OpenAI

client = OpenAI(api_key=os.environ["HELIOSTAT_API_KEY"], base_url=os.environ["OPENAI_BASE_URL"])

response = client.images.generate(
    model="stable-diffusion-3.5-large-turbo",
    prompt="A serene mountain landscape at sunset",
    size="1024x1024",
)

assert isinstance(response.created, int), f"created: {response.created} (expected: an integer)"
assert response.data[0].url, "data[0].url is missing"
with urllib.request.urlopen(response.data[0].url) as picture:
    assert picture.headers["content-type"].startswith("image/"), "the URL is no picture"

assert "stable-diffusion-3.5-large-turbo" in [model.id for model in client.models.list()], "the model is not listed"
model = client.models.retrieve("replicate/stable-diffusion-3.5-large-turbo")
assert model.id == "replicate/stable-diffusion-3.5-large-turbo", model.id
print("Python: ok", response.data[0].url.split("?")[0])
