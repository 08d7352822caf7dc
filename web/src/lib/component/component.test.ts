import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closeComponents, componentState, components, isComponentKind, NotGiven, onLateOutcome, printByComponent, printInBrowser, type ComponentKind, type ComponentTask, type Outcome } from './index'
import { reasonOf } from './dialects'

type Fields = Record<string, unknown>
const dig = (value: unknown, ...path: (string | number)[]): unknown => path.reduce<unknown>((v, key) => (v as Fields | undefined)?.[key as string], value)

/** A component of a bad day: what is printed stands in `paper`, whatever is said of it. */
class Program {
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

let listening: Map<string, Program>

class FakeSocket extends EventTarget {
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

const kinds = Object.keys(components) as ComponentKind[]
let n = 0
const label = (over: Partial<ComponentTask> = {}): ComponentTask => ({
  id: `oc-1-${++n}-1`,
  waybillNo: `7500${n}`,
  printer: '面单机 2',
  data: `sealed-${n}`,
  signature: 'sig',
  template: 'https://templates.example/1',
  custom: '1122-3 1/2',
  customTemplate: 'https://templates.example/mine',
  ...over,
})

beforeEach(() => {
  listening = new Map()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('isSecureContext', true)
})

afterEach(() => {
  closeComponents()
  vi.unstubAllGlobals()
})

function plugged(kind: ComponentKind, address: string = components[kind].addresses[0]): Program {
  const program = new Program(kind)
  listening.set(address, program)
  return program
}

describe.each(kinds)('the component of %s', (kind) => {
  it('names its printers and prints a label with our area on it', async () => {
    const program = plugged(kind)
    expect(await componentState(kind)).toMatchObject({ state: 'open', printers: [{ name: '面单机 1' }, { name: '面单机 2' }] })
    const task = label()
    expect(await printByComponent(kind, task)).toEqual({ state: 'printed', reason: '' })
    expect(program.paper).toEqual([{ task: task.id, data: task.data, custom: task.custom }])
    await printInBrowser({ ...label({ customTemplate: undefined }), channel: kind })
    expect(program.paper[1]?.custom).toBeUndefined()
    expect(program.sockets).toHaveLength(1)
  })

  it('says why a label did not come out', async () => {
    plugged(kind).fault = 'jam'
    expect(await printByComponent(kind, label())).toEqual({ state: 'failed', reason: '卡纸' })
    await expect(printByComponent(kind, label({ data: '' }))).rejects.toMatchObject({ reason: 'no_data' })
  })

  it('leaves a label uncertain without an answer, and hears the late one once', async () => {
    const program = plugged(kind)
    program.held = []
    const late: [string, Outcome][] = []
    const off = onLateOutcome((task, outcome) => late.push([task, outcome]))
    const task = label()
    expect(await printByComponent(kind, task, { waitMs: 30 })).toEqual({ state: 'uncertain', reason: 'no_answer' })
    program.release()
    expect(late).toEqual([[task.id, { state: 'printed', reason: '' }]])
    program.fault = 'twice'
    expect(await printByComponent(kind, label())).toMatchObject({ state: 'printed' })
    program.fault = 'jam'
    expect(await printByComponent(kind, label())).toMatchObject({ state: 'failed' })
    off()
  })

  it('leaves a label uncertain where the connection ends, and connects again', async () => {
    const program = plugged(kind)
    program.fault = 'cut'
    expect(await printByComponent(kind, label())).toEqual({ state: 'uncertain', reason: 'cut_off' })
    program.fault = 'none'
    expect(await printByComponent(kind, label())).toMatchObject({ state: 'printed' })
    expect(program.sockets).toHaveLength(2)
  })

  it('gives a printer one label after the other, each with leave of its own', async () => {
    const program = plugged(kind)
    program.held = []
    const asked: number[] = []
    const all = [0, 1, 2].map((i) =>
      printByComponent(kind, label(), {
        may: () => {
          asked.push(i)
          return i === 1 ? Promise.reject(new Error('taken over')) : Promise.resolve()
        },
      }),
    )
    await vi.waitFor(() => expect(program.held).toHaveLength(1))
    expect(asked).toEqual([0])
    program.release()
    expect(await Promise.allSettled(all)).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected' }, { status: 'fulfilled' }])
    expect(asked).toEqual([0, 1, 2])
    expect(program.paper).toHaveLength(2)
  })

  it('is told apart from one that is not there and from a page that may not ask', async () => {
    expect(await componentState(kind)).toEqual({ state: 'closed' })
    const may = vi.fn(() => Promise.resolve())
    await expect(printByComponent(kind, label(), { may })).rejects.toBeInstanceOf(NotGiven)
    expect(may).not.toHaveBeenCalled()
    plugged(kind)
    vi.stubGlobal('isSecureContext', false)
    expect(await componentState(kind)).toEqual({ state: 'barred' })
    await expect(printByComponent(kind, label())).rejects.toBeInstanceOf(NotGiven)
  })
})

it('takes the address with a certificate where the plain one is refused', async () => {
  plugged('taobao', 'wss://localhost:13529')
  expect(await componentState('taobao')).toMatchObject({ state: 'open' })
})

it('passes print data that is an object on as it came', async () => {
  const program = plugged('taobao')
  await printByComponent('taobao', label({ data: '{"encryptedData":"AES:x","signature":"theirs","templateURL":"https://t.example/9","ver":"v1"}' }))
  expect(program.paper[0]?.data).toBe('AES:x')
})

it('knows no component for a channel without one', async () => {
  expect(isComponentKind('sandbox')).toBe(false)
  expect(isComponentKind('toString')).toBe(false)
  await expect(printInBrowser({ ...label(), channel: 'sandbox' })).rejects.toBeInstanceOf(NotGiven)
})

it('keeps no number in a reason that may be a phone', () => {
  expect(reasonOf('', ' 收件人 13800138000 校验失败\n')).toBe('收件人 *********** 校验失败')
  expect(Array.from(reasonOf('错'.repeat(200)))).toHaveLength(60)
})
