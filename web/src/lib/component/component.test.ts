import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closeComponents, componentState, components, isComponentKind, NotGiven, onLateOutcome, printByComponent, printInBrowser, type ComponentKind, type ComponentTask, type Outcome } from './index'
import { reasonOf } from './dialects'
import { FakeSocket, plug, Program } from '@/test/component'

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
  plug()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('isSecureContext', true)
})

afterEach(() => {
  closeComponents()
  vi.unstubAllGlobals()
})

function plugged(kind: ComponentKind, address: string = components[kind].addresses[0]): Program {
  const program = new Program(kind)
  plug(address, program)
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

describe('the size of a label', () => {
  it.each([
    [undefined, { width: 76, height: 130 }],
    ['single', { width: 76, height: 130 }],
    ['mine', undefined],
  ])('goes along with the template %s', (template, size) => {
    expect(components.wechat.dialect.askPrint(label({ template }))).toMatchObject({ command: 'print' })
    expect((components.wechat.dialect.askPrint(label({ template })) as { size?: object }).size).toEqual(size)
  })
})
