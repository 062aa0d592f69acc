// A loopback server for the platform tests: answers each path with the handler registered for it.

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves until disposed; `origin` is its address. */
export async function serve(handler: RequestListener): Promise<{ origin: string } & AsyncDisposable> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
