import type { ComponentInfo, ComponentPrinter, ComponentTask, Outcome, Said } from './dialects'

/** Nothing was given to the component: it is not there, or the label has nothing for it. */
export class NotGiven extends Error {
  readonly reason: 'closed' | 'no_data'
  constructor(reason: 'closed' | 'no_data') {
    super(reason)
    this.reason = reason
  }
}

type Ear = (said: Said) => void

const OPEN_MS = 4000

function open(address: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    let socket: WebSocket
    try {
      socket = new WebSocket(address)
    } catch {
      reject(new NotGiven('closed')) // the page's own rules forbid it
      return
    }
    const timer = setTimeout(() => {
      socket.close()
      reject(new NotGiven('closed'))
    }, OPEN_MS)
    socket.addEventListener('open', () => {
      clearTimeout(timer)
      resolve(socket)
    })
    socket.addEventListener('error', () => {
      clearTimeout(timer)
      reject(new NotGiven('closed'))
    })
  })
}

/** One connection to one component; several labels may be on their way over it. */
export class Connection {
  private readonly ears = new Map<string, Ear>()
  private readonly onEnd = new Set<() => void>()
  private count = 0
  private ended = false
  private readonly info: ComponentInfo
  private readonly socket: WebSocket
  private readonly onLate: (task: string, outcome: Outcome) => void

  private constructor(info: ComponentInfo, socket: WebSocket, onLate: (task: string, outcome: Outcome) => void) {
    this.info = info
    this.socket = socket
    this.onLate = onLate
    socket.addEventListener('message', (event) => this.heard(event.data))
    const end = () => {
      this.ended = true
      for (const run of [...this.onEnd]) run()
      this.onEnd.clear()
    }
    socket.addEventListener('close', end)
    socket.addEventListener('error', end)
  }

  /** Connects where the component listens. Answers for which nobody waits any more go to onLate. */
  static async open(info: ComponentInfo, onLate: (task: string, outcome: Outcome) => void): Promise<Connection> {
    for (const address of info.addresses) {
      try {
        return new Connection(info, await open(address), onLate)
      } catch {
        // The next address; some browsers take only one of them.
      }
    }
    throw new NotGiven('closed')
  }

  get isEnded(): boolean {
    return this.ended
  }

  close(): void {
    this.socket.close()
  }

  private heard(data: unknown): void {
    let said: Said
    try {
      said = this.info.dialect.hear(JSON.parse(String(data)))
    } catch {
      return // what we do not understand says nothing of any label
    }
    if (said.about === 'nothing') return
    if (said.about === 'printers') {
      // Some give their printers without saying to whom.
      const ear = this.ears.get(said.request) ?? [...this.ears].find(([name]) => said.request === '' && name.startsWith('oc-printers-'))?.[1]
      ear?.(said)
      return
    }
    const ear = this.ears.get(said.task)
    if (ear) ear(said)
    else if (said.about === 'told') this.onLate(said.task, said.outcome)
  }

  private send(message: unknown): void {
    if (this.ended || this.socket.readyState !== WebSocket.OPEN) throw new NotGiven('closed')
    this.socket.send(JSON.stringify(message))
  }

  /** Waits for what `hear` makes of the answers to a name. */
  private wait<T>(name: string, ms: number, message: unknown, hear: (said: Said) => T | undefined, onCut: () => T, onSilence: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const done = (value: T) => {
        clearTimeout(timer)
        this.ears.delete(name)
        this.onEnd.delete(cut)
        resolve(value)
      }
      const cut = () => done(onCut())
      const timer = setTimeout(() => done(onSilence()), ms)
      this.ears.set(name, (said) => {
        const value = hear(said)
        if (value !== undefined) done(value)
      })
      this.onEnd.add(cut)
      try {
        this.send(message)
      } catch (error) {
        clearTimeout(timer)
        this.ears.delete(name)
        this.onEnd.delete(cut)
        reject(error)
      }
    })
  }

  /** The printers that the component names, null where it does not answer. */
  printers(ms: number): Promise<ComponentPrinter[] | null> {
    const name = `oc-printers-${++this.count}`
    return this.wait<ComponentPrinter[] | null>(
      name,
      ms,
      this.info.dialect.askPrinters(name),
      (said) => (said.about === 'printers' ? said.printers : undefined),
      () => null,
      () => null,
    )
  }

  /**
   * Gives a label to the component and waits until it says what became of it. Throws NotGiven only
   * where no printer can have it; after that the outcome tells all.
   */
  print(task: ComponentTask, ms: number): Promise<Outcome> {
    const message = this.info.dialect.askPrint(task)
    if (message === null) return Promise.reject(new NotGiven('no_data'))
    return this.wait<Outcome>(
      task.id,
      ms,
      message,
      (said) => (said.about === 'told' ? said.outcome : undefined),
      () => ({ state: 'uncertain', reason: 'cut_off' }),
      () => ({ state: 'uncertain', reason: 'no_answer' }),
    )
  }
}
