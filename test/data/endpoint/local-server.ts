/** An OpenAI-compatible server on this machine that fails as it is told to, and remembers what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Behaviour =
  | 'ok'
  /** As some servers: without `usage`. */
  | 'no usage'
  /** A body that says how long it is and ends before. */
  | 'cut'
  | 'reset'
  | 'never'
  | 'stalls in the body'
  | 'malformed'
  /** The answer, delivered two times in one body. */
  | 'twice'
  | 'empty choices'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export interface Call {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  readonly prompt: string;
  /** Milliseconds. */
  readonly at: number;
  /** The last byte of a usable answer was handed over. */
  answered: boolean;
}

export interface LocalServer extends AsyncDisposable {
  readonly baseUrl: string;
  readonly port: number;
  readonly calls: readonly Call[];
  /** The most requests that were open at a time. */
  readonly most: number;
}

export interface ServerOptions {
  /** `attempt` counts from 1, by prompt. */
  readonly behave?: (call: Call, attempt: number) => Behaviour;
  readonly delayMs?: (call: Call) => number;
  readonly port?: number;
  readonly models?: readonly string[];
}

export async function localServer(options: ServerOptions = {}): Promise<LocalServer> {
  const calls: Call[] = [];
  const state = { open: 0, most: 0 };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
    request.on('end', () => {
      if (request.method === 'GET') return sendModels(response, options.models);
      const call = callOf(request.url ?? '', request.headers, text);
      calls.push(call);
      state.open += 1;
      state.most = Math.max(state.most, state.open);
      response.on('close', () => (state.open -= 1));
      const attempt = calls.filter(({ prompt }) => prompt === call.prompt).length;
      const behaviour = options.behave?.(call, attempt) ?? 'ok';
      setTimeout(() => answer(call, behaviour, response), options.delayMs?.(call) ?? 0);
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    calls,
    get most() {
      return state.most;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function callOf(path: string, headers: IncomingHttpHeaders, text: string): Call {
  const body = JSON.parse(text) as Record<string, unknown>;
  const messages = body['messages'] as readonly { readonly content: string }[] | undefined;
  const prompt = messages?.at(-1)?.content ?? String(body['prompt']);
  return { path, headers, body, prompt, at: Date.now(), answered: false };
}

/** The text that this server answers with. */
export const textFor = (prompt: string): string => `An answer to: ${prompt}`;

function answer(call: Call, behaviour: Behaviour, response: ServerResponse): void {
  const body = JSON.stringify(answerTo(call, behaviour));
  if (typeof behaviour === 'object') {
    response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '{"error":{"message":"no luck"}}');
  } else if (behaviour === 'reset') response.socket?.destroy();
  else if (behaviour === 'never') return;
  else if (behaviour === 'cut') sendHalf(response, body, true);
  else if (behaviour === 'stalls in the body') sendHalf(response, body, false);
  else if (behaviour === 'malformed') response.end(body.slice(0, -9));
  else if (behaviour === 'twice') response.end(body + body);
  else {
    response.on('finish', () => (call.answered = behaviour !== 'empty choices'));
    response.end(body);
  }
}

function sendHalf(response: ServerResponse, body: string, isCut: boolean): void {
  response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => {
    if (isCut) response.socket?.destroy();
  });
}

function answerTo(call: Call, behaviour: Behaviour): object {
  const text = textFor(call.prompt);
  const isChat = call.path === '/v1/chat/completions';
  const choice = isChat ? { message: { role: 'assistant', content: text } } : { text };
  return {
    id: 'answer',
    choices: behaviour === 'empty choices' ? [] : [{ index: 0, ...choice, finish_reason: 'stop' }],
    ...(behaviour === 'no usage' ? {} : { usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } }),
  };
}

function sendModels(response: ServerResponse, models: readonly string[] | undefined): void {
  if (models === undefined) return void response.writeHead(404).end('{"detail":"Not Found"}');
  response.end(JSON.stringify({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) }));
}
