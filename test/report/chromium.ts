/**
 * Pages in headless Chromium, driven over its own protocol through a pipe: real pointers and keys, and every request
 * and every line of the console on record. HARNESS_CHROMIUM names one, else `chromium` on the PATH.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

const program = process.env['HARNESS_CHROMIUM'] ?? 'chromium';

export const hasChromium = (): boolean => spawnSync(program, ['--version']).status === 0;

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export interface PageLook {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly withScripts?: boolean;
}

export class Chromium implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #pages = new Map<string, (message: Message) => void>();
  #last = 0;
  #unread = '';

  constructor() {
    this.#profile = mkdtempSync(path.join(tmpdir(), 'harness-chromium-'));
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe'];
    this.#process = spawn(program, [...flags, `--user-data-dir=${this.#profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      detached: true, // a process group, so that its helpers end with it
    });
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  /** @param url Is loaded when this resolves. */
  async open(url: string, { scheme = 'light', width = 1200, withScripts = true }: PageLook = {}): Promise<Page> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page((method, params) => this.send(method, params, String(sessionId)));
    this.#pages.set(String(sessionId), (message) => page.hear(message.method ?? '', message.params ?? {}));
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
    await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    const screen = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await page.send('Emulation.setDeviceMetricsOverride', screen);
    if (!withScripts) await page.send('Emulation.setScriptExecutionDisabled', { value: true });
    await page.load(url);
    return page;
  }

  async send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result = {}, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Ends all of its processes: a helper that outlives the browser still writes into the profile as it is removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    process.kill(-Number(this.#process.pid), 'SIGKILL');
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #read(text: string): void {
    const parts = `${this.#unread}${text}`.split('\0');
    this.#unread = parts.pop() ?? '';
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id === undefined) this.#pages.get(message.sessionId ?? '')?.(message);
      else this.#answers.get(message.id)?.(message);
    }
  }
}

export class Page {
  readonly send: (method: string, params?: object) => Promise<Record<string, unknown>>;
  /** Addresses of all requests, that of the page first. */
  readonly requests: string[] = [];
  /** What the page and the browser wrote to the console. */
  readonly console: string[] = [];
  #loaded: () => void = () => {};

  constructor(send: Page['send']) {
    this.send = send;
  }

  hear(method: string, params: Record<string, unknown>): void {
    if (method === 'Page.loadEventFired') this.#loaded();
    if (method === 'Network.requestWillBeSent') this.requests.push((params['request'] as { url: string }).url);
    if (['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'].includes(method))
      this.console.push(JSON.stringify(params));
  }

  async load(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => (this.#loaded = resolve));
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page; a promise is waited for. */
  async value<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', options);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** The pointer over the middle of an element, which is scrolled into view. @param element An expression. */
  async hover(element: string): Promise<void> {
    await this.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...(await this.#middleOf(element)) });
  }

  #middleOf(element: string): Promise<{ x: number; y: number }> {
    return this.value(`(() => {
      const element = ${element};
      element.scrollIntoView({block: 'center', behavior: 'instant'});
      const {left, top, width, height} = element.getBoundingClientRect();
      return {x: left + width / 2, y: top + height / 2};
    })()`);
  }

  async click(element: string): Promise<void> {
    await this.hover(element);
    const at = await this.#middleOf(element);
    for (const type of ['mousePressed', 'mouseReleased'])
      await this.send('Input.dispatchMouseEvent', { type, ...at, button: 'left', clickCount: 1 });
  }

  async tap(element: string): Promise<void> {
    const at = await this.#middleOf(element);
    await this.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
    await this.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }

  async press(key: string): Promise<void> {
    const text = { Enter: '\r', ' ': ' ' }[key];
    const windowsVirtualKeyCode = { Enter: 13, Tab: 9, Escape: 27, ' ': 32, ArrowRight: 39, ArrowLeft: 37 }[key];
    const parts = { key, code: key === ' ' ? 'Space' : key, windowsVirtualKeyCode };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...parts, ...(text === undefined ? {} : { text }) });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...parts });
  }
}
