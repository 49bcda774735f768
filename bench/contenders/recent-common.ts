/** This package: the build of this checkout, or that of another one to compare it with. */

import type { Contender, ContenderOptions } from './contender';

type Package = typeof import('winston-redis-recent-common');

export function openRecentCommon({ url, isNamed, commonKey, build }: ContenderOptions): Contender {
  const { RecentCommonReader, RedisRecentCommonTransport }: Package = require(build ?? 'winston-redis-recent-common');
  const transport = new RedisRecentCommonTransport({
    url,
    name: isNamed ? (info) => info.name : undefined,
    ...(commonKey !== 'message' && { commonKey }),
  });
  const count = async (): Promise<number> => {
    const reader = new RecentCommonReader({ url });
    let total = 0;
    for (const { name, severity } of await reader.names()) {
      for (const window of ['current', 'previous'] as const) {
        total += (await reader.common(name, severity, { window, limit: 1 })).total;
      }
    }
    reader.close();
    return total;
  };
  return {
    transport,
    done: () => transport.stats().written,
    isUnbounded: false,
    flush: () => transport.flush(),
    count,
  };
}
