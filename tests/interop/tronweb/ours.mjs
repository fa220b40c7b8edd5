// Our side: a shell that answers questions line by line, and the client's program.
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Shell {
  constructor(program) {
    this.process = spawn(program, ['tronweb'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.answers = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async ask(question, fields = {}) {
    this.process.stdin.write(JSON.stringify({ ask: question, ...fields }) + '\n');
    const { value, done } = await this.answers.next();
    if (done) throw new Error('our shell ended');
    return JSON.parse(value);
  }

  end() { this.process.stdin.end(); }
}

/** A command of the client; fails with what it said. */
export const client = program => (...args) => {
  try {
    return execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', timeout: 60_000 });
  } catch (failure) {
    throw new Error(`bttproxy ${args[0]} ${args[1]}: ${failure.stderr || failure.message}`);
  }
};
