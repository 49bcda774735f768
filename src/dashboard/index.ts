/** @module winston-redis-recent-common/dashboard */
/** Lists the public names of the dashboard. */

export type { NotableStatus } from '../read/surge';
export { createDashboard, type Dashboard, type DashboardOptions } from './dashboard';
export type { StatusCounts } from './data/changes';
export type { DashboardReader } from './data/gather';
export type { ShownLine } from './data/lines';
export type { LoggerEntry } from './data/loggers';
export type { LoggerCard, Overview, SeverityCount, TellingChange } from './data/overview';
export type { MessageRow, SeverityChange, ShownSample } from './data/rows';
export type { FrequentMessage, MessageSnapshot, Snapshot } from './data/snapshot';
export type { SeverityTotal } from './data/totals';
export type { Ranked } from './data/urgency';
export type { Authorize } from './http/guard';
