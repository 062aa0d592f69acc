// The server in Node:  node node.mjs

import { serve } from '@hono/node-server';
import app from './app.mjs';

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`http://localhost:${port}`),
);
