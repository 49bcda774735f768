/** express-winston: requests are counted by route and status, and no header of a request gets into a line. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import expressWinston from 'express-winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

const transport = new RedisRecentCommonTransport({
  keyPrefix: 'recipes:',
  name: 'express',
  // Without it, each URL would be a message of its own.
  commonKey: ({ message, route }) => String(route ?? message),
});

const app = express();
app.use(
  expressWinston.logger({
    transports: [transport],
    msg: '{{req.method}} {{req.originalUrl}} {{res.statusCode}}',
    statusLevels: true,
    metaField: null as never, // metadata of the log call itself, not below `meta`
    // By default the line has all headers, and with them cookies and tokens.
    requestWhitelist: ['method'],
    dynamicMeta: (request, response) => ({
      route: `${request.method} ${request.route?.path ?? '(no route)'} ${response.statusCode}`,
    }),
  }),
);
app.get('/orders/:id', (request, response) => {
  response.json({ id: request.params.id });
});

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
for (const path of ['/orders/1', '/orders/2', '/orders/3', '/favicon.ico']) {
  await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: 'Bearer of-a-secret' } });
}
server.close();
await once(server, 'close');
await transport.close();
