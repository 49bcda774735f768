/** Opens the contender and the workload that a measure is given. */

import type { Contender } from '../contenders/contender';
import { CONTENDERS } from '../contenders/contenders';
import { findWorkload, type LogLine, makeLog, openLogger } from '../lib/workloads';

/** The subject of a measure. */
export interface Task {
  readonly contender: string;
  readonly workload: string;
  readonly url: string;
  /** Folder of the checkout whose build of this package is measured. @default this checkout */
  readonly build?: string | undefined;
}

/** A contender, and the function that logs the workload to it. */
export interface OpenedTask {
  readonly contender: Contender;
  readonly log: LogLine;
  /** Lines in one turn of the event loop. */
  readonly burst: number;
}

/** @throws Error if there is no such contender or workload */
export async function openTask({ contender: name, workload: title, url, build }: Task): Promise<OpenedTask> {
  const workload = findWorkload(title);
  const open = CONTENDERS[name];
  if (!open) throw new Error(`no contender is called ${name}`);
  const contender = await open({ url, build, isNamed: workload.names > 1, commonKey: workload.commonKey });
  const logger = 'logger' in contender ? contender.logger : openLogger(contender.transport);
  const log = makeLog(logger, workload);
  return { contender, log, burst: workload.burst };
}
