/** @module winston-redis-recent-common */
/** The public names of the package. */

export { DeliveryWarning, FlushError, OptionsError, RecentCommonError, WatchWarning } from './errors';
export type { TimestampFormat } from './line-format';
export { logCommon, logRecent } from './log';
export type { TransportOptions, WriteOptions } from './options';
export type { ChangedLogger, ChangedLoggers } from './read/changed-since';
export type { ChangesOptions, HourProgress, SeverityChanges } from './read/compare';
export type { FollowedLines, FollowOptions, MissedLines } from './read/follow';
export type { GlanceOptions, SeverityGlance } from './read/glance';
export type { KnownLogger } from './read/known-loggers';
export type { RecentLine } from './read/lines';
export type { MessageChange, Sample } from './read/message-change';
export type { MinuteCounts } from './read/minutes';
export type { LoggerOverview, OverviewOptions } from './read/overview';
export { type ReaderOptions, RecentCommonReader, type RecentOptions } from './read/reader';
export { type Change, type ChangeStatus, surgeScore } from './read/surge';
export type { ToldAlarm, ToldAlarms, ToldOptions } from './read/told-alarms';
export type { GroupOptions, RowVariants, Variant } from './read/variants';
export type { CommonOptions, CommonWindow, MessageCount, MinuteWindow } from './read/windows';
export { type Format, keepTemplate } from './record/keep-template';
export type { CommonKey, LogInfo } from './record/log-call';
export {
  createParameterizer,
  type Parameterizer,
  type ParameterizerOptions,
  type ParameterizerRule,
  parameterize,
} from './record/parameterize';
export type { IoredisScripter } from './redis/ioredis';
export type { ConnectionOptions } from './redis/open';
export type { PassedClient } from './redis/passed-client';
export type { RedisScripter, ScriptArgument, ScriptArguments, ScriptRunner } from './redis/script';
export { SEVERITY, toSeverity } from './severity';
export { RedisRecentCommonTransport as default, RedisRecentCommonTransport, type TransportStats } from './transport';
export { type Alarm, type AlarmDigest, type AlarmKind, alarmText } from './watch/alarm';
export type { WatcherOptions } from './watch/options';
export { RecentCommonWatcher, type WatcherStats } from './watch/watcher';
export type { WebhookOptions } from './watch/webhook';
export type { LogEntry, LogQuery, LogStream, StreamOptions } from './winston/query';
export type { DeliveryStats } from './write/flusher';
export { type ForgetOptions, forget } from './write/forget';
