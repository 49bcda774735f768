/** Lists the public names of the dashboard. */

export { createDashboard, type Dashboard, type DashboardOptions } from './dashboard';
export type { DashboardReader } from './data/gather';
export type { ShownLine } from './data/lines';
export type { LoggerEntry } from './data/loggers';
export type { FrequentMessage, NotableChange, StatusCounts } from './data/ranking';
export type { SampledChange, SeverityTotal, Snapshot, Total } from './data/snapshot';
export type { Authorize } from './http/guard';
