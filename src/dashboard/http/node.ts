import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, isBodiless, isReading, methodRefusal, refusal } from './http';

/** Answers a request of node:http. Whatever happens, the response is ended, and nothing is thrown. */
export async function answerNode(
  incoming: IncomingMessage,
  response: ServerResponse,
  respond: (request: Request) => Promise<Answer>,
): Promise<void> {
  const answer = await answerOf(incoming, respond);
  response.writeHead(answer.status, answer.headers);
  response.end(isBodiless(incoming.method, answer) ? undefined : answer.body);
}

/** The Request of the web refuses what is no URL, and methods that node:http knows. */
async function answerOf(incoming: IncomingMessage, respond: (request: Request) => Promise<Answer>): Promise<Answer> {
  if (!isReading(incoming.method)) return methodRefusal();
  let request: Request;
  try {
    request = requestOf(incoming);
  } catch {
    return refusal(400, 'Bad request');
  }
  return respond(request);
}

function requestOf(incoming: IncomingMessage & { readonly originalUrl?: string }): Request {
  const { method = 'GET', headers, socket, url = '/' } = incoming;
  const scheme = 'encrypted' in socket ? 'https' : 'http';
  // What mounts an application under a path takes that off `url`.
  return new Request(`${scheme}://${headers.host ?? 'localhost'}${incoming.originalUrl ?? url}`, {
    method,
    headers: fieldsOf(headers),
  });
}

/** Names of HTTP/2 that begin with a colon are no fields. */
function fieldsOf(headers: IncomingMessage['headers']): [string, string][] {
  return Object.entries(headers)
    .filter(([name]) => !name.startsWith(':'))
    .flatMap(([name, value]) => [value ?? []].flat().map((each): [string, string] => [name, each]));
}
