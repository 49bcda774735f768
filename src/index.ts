export { DeliveryWarning, FlushError, OptionsError, RecentCommonError } from './errors';
export type { DeliveryStats } from './flusher';
export { logCommon, logRecent } from './log';
export type { TransportOptions, WriteOptions } from './options';
export { parameterize } from './parameterize';
export {
  type CommonOptions,
  type CommonWindow,
  type KnownLogger,
  type MessageCount,
  type ReaderOptions,
  RecentCommonReader,
  type RecentLine,
  type RecentOptions,
} from './reader';
export type { LogInfo, TimestampFormat } from './record';
export type { ConnectionOptions } from './redis/client';
export type { RedisScripter, ScriptArguments, ScriptRunner } from './redis/script';
export { SEVERITY, toSeverity } from './severity';
export { RedisRecentCommonTransport as default, RedisRecentCommonTransport, type TransportStats } from './transport';
