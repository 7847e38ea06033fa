// The model card's JavaScript example; only base URL and key come from the environment.
import OpenAI from 'openai';

const client = new OpenAI({ apiKey: process.env.HELIOSTAT_API_KEY, baseURL: process.env.OPENAI_BASE_URL });

const response = await client.images.generate({
  model: 'stable-diffusion-3.5-large-turbo',
  prompt: 'A serene mountain landscape at sunset',
  size: '1024x1024',
});

if (!Number.isInteger(response.created)) throw new Error(`created: ${response.created} (expected: an integer)`);
if (!response.data[0].url) throw new Error('data[0].url is missing');
const picture = await fetch(response.data[0].url);
if (!picture.headers.get('content-type').startsWith('image/')) throw new Error('the URL is no picture');

const models = await client.models.list();
if (!models.data.some((model) => model.id === 'stable-diffusion-3.5-large-turbo')) throw new Error('the model is not listed');
const model = await client.models.retrieve('replicate/stable-diffusion-3.5-large-turbo');
if (model.id !== 'replicate/stable-diffusion-3.5-large-turbo') throw new Error(`id: ${model.id}`);
console.log('JavaScript: ok', response.data[0].url.split('?')[0]);
