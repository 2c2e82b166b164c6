/** A machine in a temporary folder with a CA on it: made once from docs/errors.md, copied for each of its tables. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Step } from './errors-document.ts';
import { type Snapshot, takeSnapshot } from './errors-snapshot.ts';
import { writeTools } from './program.ts';

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class House {
  readonly #folder: string;
  readonly #tools: string;
  readonly #background: ChildProcess[] = [];

  private constructor(folder: string, tools: string) {
    this.#folder = folder;
    this.#tools = tools;
  }

  static async build(steps: readonly Step[]): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), 'certhaven-errors-'));
    const house = new House(join(folder, 'house'), join(folder, 'bin'));
    mkdirSync(house.#work, { recursive: true });
    await writeTools(house.#tools);
    try {
      await house.follow(steps);
    } catch (error) {
      house.remove();
      throw error;
    }
    return house;
  }

  copy(name: string): House {
    const folder = join(dirname(this.#folder), name);
    // Unlike fs.cpSync, cp -a keeps the modes of folders.
    execFileSync('cp', ['-a', this.#folder, folder]);
    return new House(folder, this.#tools);
  }

  get #work(): string {
    return join(this.#folder, 'work');
  }

  snapshot(): Snapshot {
    return takeSnapshot(this.#folder);
  }

  /** Files are written; commands have to end as they say. One that ends in ` &` goes on until `close`. */
  async follow(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'file') writeFileSync(join(this.#work, step.name), step.content);
      else
        for (const { user, command, fails } of step.commands) {
          if (command.endsWith(' &')) await this.#begin(user, command.slice(0, -2));
          else {
            const { status, stdout, stderr } = await this.run(user, command);
            assert.equal(status !== 0, fails, `${user}$ ${command}\nended with ${status}\n${stdout}${stderr}`);
          }
        }
    }
  }

  run(user: string, command: string): Promise<Outcome> {
    const child = this.#spawn(user, command);
    child.stdin.end();
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ status: code ?? 1, stdout, stderr }));
    });
  }

  /** Until it has said something. */
  async #begin(user: string, command: string): Promise<void> {
    const child = this.#spawn(user, `exec ${command}`);
    this.#background.push(child);
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`${command} ended`)));
      child.stdout.once('data', resolve);
    });
    child.removeAllListeners('exit');
  }

  #spawn(user: string, command: string) {
    return spawn('/bin/sh', ['-c', command], {
      cwd: this.#work,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: [this.#tools, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
        CERTHAVEN_HOME: join(this.#folder, 'home'),
        CERTHAVEN_MACHINE: 'ca01.contoso.com',
        CERTHAVEN_USER: user === 'admin' ? '' : `CONTOSO\\${user}`,
        SUPPORT: import.meta.dirname,
        // In the folder where commands are typed.
        SOFTHSM2_CONF: 'softhsm2.conf',
        TZ: 'UTC',
      },
    });
  }

  /** Ends what runs in the background; the folder goes with the house it was copied from. */
  async close(): Promise<void> {
    for (const child of this.#background) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin?.end();
      // A service is asked to stop, as a machine that shuts down asks it.
      child.kill('SIGTERM');
      await ended;
    }
  }

  remove(): void {
    rmSync(dirname(this.#folder), { recursive: true, force: true });
  }
}
