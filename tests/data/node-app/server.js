const express = require('express');

const app = express();
const port = 80;

app.get('/', (request, response) => {
  response.send('Hello from husk\n');
});

app.get('/health', (request, response) => {
  response.json({ status: 'ok', node: process.version });
});

const server = app.listen(port, '0.0.0.0', () => {
  console.log(`listening on port ${port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => server.close(() => process.exit(0)));
}
