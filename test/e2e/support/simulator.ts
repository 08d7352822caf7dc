import { spawn, type ChildProcess } from 'node:child_process'
import { binary } from './server.ts'

interface SimulatedShop {
  name: string
  base_url: string
  credentials: Record<string, string>
}

/** The platforms' side of the wire, on a port of its own. */
export class Simulator {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static async start(args: string[]): Promise<Simulator> {
    const child = spawn(binary, ['simulate', '--listen', '127.0.0.1:0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', (b: Buffer) => {
      said = (said + b.toString()).slice(-20_000)
    })
    const url = await new Promise<string>((done, fail) => {
      let out = ''
      const late = setTimeout(() => fail(new Error(`the simulator does not start:\n${said}`)), 60_000)
      child.on('exit', (code) => fail(new Error(`the simulator ended with ${code}:\n${said}`)))
      child.stdout.on('data', (b: Buffer) => {
        out += b.toString()
        const found = /simulator on (http:\/\/127\.0\.0\.1:\d+)/.exec(out)
        if (!found) return
        clearTimeout(late)
        done(found[1]!)
      })
    })
    return new Simulator(child, url)
  }

  async admin<T = any>(method: string, path: string, body?: unknown): Promise<T> {
    const r = await fetch(`${this.url}/admin${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await r.text()
    if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${text.slice(0, 300)}`)
    return (text ? JSON.parse(text) : undefined) as T
  }

  async shop(name: string): Promise<SimulatedShop> {
    const all = await this.admin<{ shops: SimulatedShop[] }>('GET', '/shops')
    const one = all.shops.find((s) => s.name === name)
    if (!one) throw new Error(`the simulator has no shop ${name}`)
    return one
  }

  async stop(): Promise<void> {
    this.process.removeAllListeners('exit')
    if (this.process.exitCode !== null) return
    const ended = new Promise((done) => this.process.once('exit', done))
    this.process.kill('SIGTERM')
    await ended
  }
}
