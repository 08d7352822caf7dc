import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
export const binary = process.env.ORDERCOVE_BIN || join(root, 'bin', 'ordercove')

/** The export files that every reader of the product is tested with. */
export const fixtures = join(root, 'internal/connector/testdata/fixtures')

const stopped = new Set<string>()

/** Whether this address is of a server that its test has ended. */
export const hasStopped = (url: string): boolean => URL.canParse(url) && stopped.has(new URL(url).origin)

/** A new installation on a port of its own, with the interface inside. */
export class Server {
  private said = ''
  private constructor(
    private readonly process: ChildProcess,
    private readonly data: string,
    public url: string,
    /** Where the first run begins, as the console prints it. */
    public setup: string,
  ) {}

  static async start(args: string[] = []): Promise<Server> {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run scripts/build first`)
    const data = mkdtempSync(join(tmpdir(), 'ordercove-e2e-'))
    const child = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const server = new Server(child, data, '', '')
    child.stderr.on('data', (b: Buffer) => {
      server.said = (server.said + b.toString()).slice(-20_000)
    })
    server.setup = await new Promise<string>((done, fail) => {
      let out = ''
      const late = setTimeout(() => fail(new Error(`the server does not start:\n${server.said}`)), 60_000)
      child.on('exit', (code) => fail(new Error(`the server ended with ${code}:\n${server.said}`)))
      child.stdout.on('data', (b: Buffer) => {
        out += b.toString()
        const found = /http:\/\/127\.0\.0\.1:\d+\/setup\?token=\S+/.exec(out)
        if (!found) return
        clearTimeout(late)
        done(found[0])
      })
    })
    server.url = new URL(server.setup).origin
    stopped.delete(server.url)
    return server
  }

  get log(): string {
    return this.said
  }

  async stop(): Promise<void> {
    stopped.add(this.url)
    this.process.removeAllListeners('exit')
    if (this.process.exitCode === null) {
      const ended = new Promise((done) => this.process.once('exit', done))
      this.process.kill('SIGTERM')
      await ended
    }
    rmSync(this.data, { recursive: true, force: true })
  }
}
