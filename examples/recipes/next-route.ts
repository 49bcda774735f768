/** A Next.js route, `app/logs/route.ts`: the dashboard for operators, and one reader for all reloads in development. */

import { RecentCommonReader } from 'winston-redis-recent-common';
import { createDashboard, type Dashboard } from 'winston-redis-recent-common/dashboard';

/** Next.js loads this file again whenever it changes, and each reader has a connection. */
const kept = globalThis as { logDashboard?: Dashboard };

kept.logDashboard ??= createDashboard({
  reader: new RecentCommonReader({ keyPrefix: 'recipes:' }),
  // Replace it by the session of your application: `auth()` of Auth.js, for example.
  authorize: (request) => request.headers.get('authorization') === `Bearer ${process.env.OPERATOR_TOKEN}`,
  title: 'Shop logs',
});

/** It needs Node's sockets, and each request shows the state of that moment. */
export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';
export const GET = kept.logDashboard.fetch;
