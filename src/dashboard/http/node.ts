/** Answers requests of node:http servers with what the handler of web requests answers. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestAddress } from './address';
import { type Answer, isBodiless, refusal } from './answer';
import { isReading, methodRefusal } from './guard';

/** Whatever happens, it ends the response and throws nothing. */
export async function answerNode(
  incoming: IncomingMessage,
  response: ServerResponse,
  respond: (request: Request) => Promise<Answer>,
): Promise<void> {
  const answer = await answerIncoming(incoming, respond);
  response.writeHead(answer.status, answer.headers);
  response.end(isBodiless(incoming.method, answer) ? undefined : answer.body);
}

/** A web Request cannot be made with some methods and URLs that node:http accepts. */
async function answerIncoming(
  incoming: IncomingMessage,
  respond: (request: Request) => Promise<Answer>,
): Promise<Answer> {
  if (!isReading(incoming.method)) return methodRefusal();
  let request: Request;
  try {
    request = toRequest(incoming);
  } catch {
    return refusal(400, 'Bad request');
  }
  return respond(request);
}

/** Its header `Host` says the same as its URL: that of the request does not count if the target is a whole URL. */
function toRequest(incoming: IncomingMessage): Request {
  const { method = 'GET', headers } = incoming;
  const { host, url } = requestAddress(incoming);
  return new Request(url, { method, headers: headerFields({ ...headers, host }) });
}

/** Without the pseudo-headers of HTTP/2, whose names begin with a colon. */
function headerFields(headers: IncomingMessage['headers']): [string, string][] {
  return Object.entries(headers)
    .filter(([name]) => !name.startsWith(':'))
    .flatMap(([name, value]) => [value ?? []].flat().map((each): [string, string] => [name, each]));
}
