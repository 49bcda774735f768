/** The two functions of *Redis in Action* as another program runs them, command by command. */

/*
 * They have the faults of the book: they never set the first hour, and give up silently if they find no undisturbed moment in
 * time. Here the second one returns whether it counted, so that tests know what to expect.
 */

import { type createClient, WatchError } from 'redis';

type Client = ReturnType<typeof createClient>;
type Multi = ReturnType<Client['multi']>;

const TIMEOUT_MS = 5000;

/** `log_recent` of *Redis in Action*. */
export async function seedLogRecent(client: Client, name: string, message: string, severity = 'info'): Promise<void> {
  await pushLine(client.multi(), `recent:${name}:${severity}`, message).exec();
}

/** `log_common` of *Redis in Action*. Nobody else may use the client meanwhile: WATCH is a state of its connection. */
export async function seedLogCommon(
  client: Client,
  name: string,
  message: string,
  severity = 'info',
): Promise<boolean> {
  const end = performance.now() + TIMEOUT_MS;
  while (performance.now() < end) {
    try {
      await countOnce(client, `common:${name}:${severity}`, `recent:${name}:${severity}`, message);
      return true;
    } catch (error) {
      if (!(error instanceof WatchError)) throw error;
    }
  }
  return false;
}

async function countOnce(client: Client, common: string, recent: string, message: string): Promise<void> {
  const startKey = `${common}:start`;
  await client.watch(startKey);
  const hourStart = `${new Date().toISOString().slice(0, 13)}:00:00`;
  const existing = await client.get(startKey);
  const multi = client.multi();
  if (existing && existing < hourStart) {
    multi.rename(common, `${common}:last`).rename(startKey, `${common}:pstart`).set(startKey, hourStart);
  }
  multi.zIncrBy(common, 1, message);
  await pushLine(multi, recent, message).exec();
}

function pushLine(multi: Multi, recent: string, message: string): Multi {
  return multi.lPush(recent, `${asctime()} ${message}`).lTrim(recent, 0, 99);
}

/** Python's `time.asctime()`: unlike JavaScript it pads the day with a space, and has the year last. */
function asctime(): string {
  const [weekday, month, day, year, clock] = new Date().toString().split(' ') as [
    string,
    string,
    string,
    string,
    string,
  ];
  return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${clock} ${year}`;
}
