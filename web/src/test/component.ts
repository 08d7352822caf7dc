import type { ComponentKind } from '@/lib/component'

type Fields = Record<string, unknown>
const dig = (value: unknown, ...path: (string | number)[]): unknown => path.reduce<unknown>((v, key) => (v as Fields | undefined)?.[key as string], value)

/** A component of a bad day: what is printed stands in `paper`, whatever is said of it. */
export class Program {
  paper: { task: string; data: unknown; custom: unknown }[] = []
  fault: 'none' | 'jam' | 'silent' | 'cut' | 'twice' = 'none'
  held: (() => void)[] | null = null
  sockets: FakeSocket[] = []
  readonly kind: ComponentKind
  constructor(kind: ComponentKind) {
    this.kind = kind
  }

  hear(from: FakeSocket, m: Fields): void {
    if (m.cmd === 'getPrinters') from.say({ cmd: 'getPrinters', requestID: m.requestID, defaultPrinter: '面单机 2', printers: [{ name: '面单机 1', status: 'enable' }, { name: '面单机 2', status: 'enable' }] })
    else if (m.orderType === 'GET_Printers') from.say({ key: m.key, code: '6', success: 'true', detailinfo: { printers: ['面单机 1', '面单机 2'] } })
    else if (m.command === 'getPrinterList') from.say({ command: 'getPrinterList', requestID: m.requestID, printerList: [{ name: '面单机 1', status: 3 }, { name: '面单机 2', status: 3 }] })
    else this.print(from, m)
  }

  private print(from: FakeSocket, m: Fields): void {
    const keyed = m.orderType === 'PRINT'
    const commanded = m.command === 'print'
    const content = keyed ? dig(m, 'parameters', 'contents', 0) : commanded ? dig(m, 'taskList', 0) : dig(m, 'task', 'documents', 0, 'contents', 0)
    const area = keyed
      ? dig(content, 'customData', 'text')
      : commanded
        ? dig(content, 'customInfo', 'data', 'text')
        : dig(m, 'task', 'documents', 0, 'contents', 1, this.kind === 'kuaishou' ? 'customData' : 'data', 'text')
    const label = { task: String(keyed ? m.key : m.requestID), data: keyed ? dig(content, 'printData') : commanded ? dig(content, 'printInfo') : dig(content, 'encryptedData'), custom: area }
    if (!keyed && !commanded) {
      from.say({ cmd: 'print', requestID: label.task, status: 'success' })
      if (this.kind !== 'pdd') from.say({ cmd: 'notifyPrintResult', taskID: label.task, taskStatus: 'rendered', printStatus: [{ documentID: '1', status: 'rendered' }] })
    }
    const go = () => {
      const jam = this.fault === 'jam'
      if (!jam) this.paper.push(label)
      if (this.fault === 'cut') from.close()
      if (this.fault === 'cut' || this.fault === 'silent') return
      const notice = keyed
        ? { key: label.task, code: '2', success: String(!jam), detailinfo: { errors: jam ? [{ seq: '1', msg: '卡纸' }] : [] } }
        : commanded
          ? { command: 'print', requestID: label.task, results: [{ taskID: label.task, success: !jam, failureReason: jam ? '卡纸' : '' }] }
          : { cmd: this.kind === 'pdd' ? 'PrintResultNotify' : 'notifyPrintResult', taskID: label.task, taskStatus: jam ? 'failed' : 'printed', printStatus: [{ documentID: '1', status: jam ? 'failed' : 'success', msg: jam ? '卡纸' : '' }] }
      from.say(notice)
      if (this.fault === 'twice') from.say(notice)
    }
    if (this.held) this.held.push(go)
    else go()
  }

  release(): void {
    const all = this.held ?? []
    this.held = null
    for (const go of all) go()
  }
}

const listening = new Map<string, Program>()

/** Lets a component listen at an address; without one nothing listens anywhere any more. */
export function plug(address?: string, program?: Program): void {
  if (address && program) listening.set(address, program)
  else listening.clear()
}

/** A WebSocket to whatever component listens at its address. */
export class FakeSocket extends EventTarget {
  static readonly OPEN = 1
  readyState = 0
  private program: Program | undefined
  constructor(address: string) {
    super()
    this.program = listening.get(address)
    queueMicrotask(() => {
      if (!this.program) {
        this.dispatchEvent(new Event('error'))
        return
      }
      this.readyState = 1
      this.program.sockets.push(this)
      this.dispatchEvent(new Event('open'))
    })
  }

  send(data: string): void {
    queueMicrotask(() => this.program?.hear(this, JSON.parse(data) as Fields))
  }

  say(message: unknown): void {
    if (this.readyState === 1) this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }))
  }

  close(): void {
    if (this.readyState !== 1) return
    this.readyState = 3
    this.dispatchEvent(new Event('close'))
  }
}
