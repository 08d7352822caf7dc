import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FakeSocket, plug, Program } from '@/test/component'
import { areaTemplates, keepAreaTemplate } from './area'
import { closeComponents, components } from './index'
import { leaveStation, pairStation, startStation } from './station'

type Body = Record<string, unknown>

/** The server's door for agents: a queue, and what it was told. */
class Door {
  queue: Body[][] = []
  told: { sequence: number; outcome: string; code: string }[] = []
  asked: Body[] = []
  takes: Body[] = []
  keys = new Set<string | null>()
  /** What becomes of the request for leave to print a label: by its sequence. */
  sending: Record<number, 'no' | 'lost'> = {}
  badKey = false

  answer(path: string, body: Body): Response {
    const problem = (status: number, code: string) => Response.json({ code, detail: code, status }, { status })
    if (path === '/pair') return Response.json({ agent_id: '7', name: '一号台', key: 'oca_1_7_x' })
    if (this.badKey) return problem(401, 'print.bad_agent_key')
    if (path === '/tasks') {
      this.takes.push(body)
      return Response.json({ items: this.queue.shift() ?? [], next_cursor: '' })
    }
    if (path === '/tasks/sending') {
      this.asked.push(body)
      const says = this.sending[Number(body.sequence)]
      if (says === 'lost') throw new TypeError('network')
      return says === 'no' ? problem(409, 'print.task_lost') : new Response(null, { status: 204 })
    }
    const task = body.task as { sequence: number }
    this.told.push({ sequence: task.sequence, outcome: String(body.outcome), code: String(body.code) })
    return new Response(null, { status: 204 })
  }
}

const task = (sequence: number, over: Body = {}): Body => ({
  batch_id: '9', sequence, attempt: 1, channel: 'taobao', printer: '面单机 1', carrier: 'ZTO', waybill_no: `75${sequence}`, data: `sealed-${sequence}`, copy: 1, ...over,
})

let door: Door
let program: Program

beforeEach(() => {
  door = new Door()
  program = new Program('taobao')
  plug(components.taobao.addresses[0], program)
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('navigator', { locks: { request: (_name: string, _options: unknown, run: () => Promise<void>) => run() } })
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const path = url.split('/print/agent')[1] ?? ''
    if (path !== '/pair') door.keys.add(new Headers(init.headers).get('X-Agent-Key'))
    return Promise.resolve().then(() => door.answer(path, JSON.parse(String(init.body)) as Body))
  })
})

afterEach(() => {
  keepAreaTemplate('taobao', '')
  leaveStation()
  closeComponents()
  plug()
  vi.unstubAllGlobals()
})

it('prints what is in its queue and tells what the component said, with its key only', async () => {
  door.queue = [[task(1), task(2)], [task(3)]]
  await pairStation('1-ABC')
  await vi.waitFor(() => expect(door.told).toHaveLength(3), { timeout: 30_000 })
  expect(door.told.map((t) => t.outcome)).toEqual(['printed', 'printed', 'printed'])
  expect(program.paper.map((p) => p.data)).toEqual(['sealed-1', 'sealed-2', 'sealed-3'])
  expect([...door.keys]).toEqual(['oca_1_7_x'])
  expect(door.takes[0]).toMatchObject({ printers: ['面单机 1', '面单机 2'] })
  expect(((door.takes[0]?.components ?? []) as Body[]).filter((c) => c.open)).toEqual([{ channel: 'taobao', open: true }])
})

it('fills the area that the labels leave to the seller once it has a template for it', async () => {
  door.queue = [[task(1, { custom: '1122-3 1/2' })]]
  await pairStation('1-ABC')
  await vi.waitFor(() => expect(door.told).toHaveLength(1), { timeout: 30_000 })
  keepAreaTemplate('taobao', 'https://templates.example/mine')
  keepAreaTemplate('pdd', 'javascript:alert(1)')
  expect(areaTemplates()).toEqual({ taobao: 'https://templates.example/mine' })
  door.queue = [[task(2, { custom: '1122-3 2/2' })]]
  await vi.waitFor(() => expect(door.told).toHaveLength(2), { timeout: 30_000 })
  expect(program.paper.map((p) => p.custom)).toEqual([undefined, '1122-3 2/2'])
})

it('prints nothing that the server does not let it, and says so where the answer was lost', async () => {
  door.queue = [[task(1), task(2), task(3), task(4, { channel: undefined, data: undefined, pdf: 'JVBERg==' })]]
  door.sending = { 1: 'no', 2: 'lost' }
  await pairStation('1-ABC')
  await vi.waitFor(() => expect(door.told).toHaveLength(3), { timeout: 30_000 })
  expect(door.told.toSorted((a, b) => a.sequence - b.sequence)).toEqual([
    { sequence: 2, outcome: 'failed', code: 'not_printed' },
    { sequence: 3, outcome: 'printed', code: '' },
    { sequence: 4, outcome: 'failed', code: 'no_program' },
  ])
  expect(program.paper.map((p) => p.data)).toEqual(['sealed-3'])
  expect(door.asked).toHaveLength(4)
})

it('tells a failure in the words of the component, and that nobody knows of a label that was cut off', async () => {
  program.fault = 'jam'
  door.queue = [[task(1)]]
  await pairStation('1-ABC')
  await vi.waitFor(() => expect(door.told).toEqual([{ sequence: 1, outcome: 'failed', code: '卡纸' }]), { timeout: 30_000 })
  program.fault = 'cut'
  door.queue = [[task(2)]]
  await vi.waitFor(() => expect(door.told[1]).toEqual({ sequence: 2, outcome: 'uncertain', code: 'cut_off' }), { timeout: 30_000 })
})

it('stops where its key opens nothing any more, and does not start where a page may not', async () => {
  door.badKey = true
  await pairStation('1-ABC')
  await vi.waitFor(() => expect(door.keys.size).toBe(1), { timeout: 30_000 })
  leaveStation()
  vi.stubGlobal('isSecureContext', false)
  startStation()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(door.takes).toHaveLength(0)
})
