import { CONTENDERS, type Contender } from '../contenders/contenders';
import { type LogLine, openLogger, workloadOf } from '../lib/workloads';

/** What is measured with which transport, and where its Redis is. */
export interface Task {
  readonly contender: string;
  readonly workload: string;
  readonly url: string;
}

/** A transport, and what logs the workload to it. */
export interface Opened {
  readonly contender: Contender;
  readonly log: LogLine;
  /** Lines in a turn of the event loop. */
  readonly burst: number;
}

/** @throws Error for a contender or a workload that there is not */
export async function openTask({ contender: name, workload: title, url }: Task): Promise<Opened> {
  const workload = workloadOf(title);
  const open = CONTENDERS[name];
  if (!open) throw new Error(`no contender is called ${name}`);
  const contender = await open({ url, isNamed: workload.names > 1 });
  const { log } = openLogger(contender.transport, workload);
  return { contender, log, burst: workload.burst };
}
