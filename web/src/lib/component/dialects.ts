// The print components (打印组件) of the platforms: programs on the packing PC that alone can read a
// platform's own waybills. Each listens for a WebSocket of this machine; what they speak is close to
// one dialect with two exceptions. The same dialects are spoken by the print agent (internal/agent).

/** One label for a component, as the server hands it out. It bears personal data. */
export interface ComponentTask {
  /** Names this giving of the label to the printer, and no other. */
  id: string
  waybillNo: string
  printer: string
  /** The platform's own; it goes to the component unread. */
  data: string
  signature?: string
  template?: string
  /** A signed query by which some components ask their platform for the key. */
  params?: string
  /** For the area that the platform's label leaves to us, drawn by customTemplate. */
  custom?: string
  customTemplate?: string
}

export type OutcomeState = 'printed' | 'failed' | 'uncertain'

/** What a component said of a label; reason is in its words or one of ours. */
export interface Outcome {
  state: OutcomeState
  reason: string
}

export interface ComponentPrinter {
  name: string
  isDefault: boolean
}

/** What a message means. */
export type Said =
  | { about: 'nothing' }
  | { about: 'printers'; request: string; printers: ComponentPrinter[] }
  | { about: 'taken'; task: string }
  | { about: 'told'; task: string; outcome: Outcome }

export interface Dialect {
  askPrinters(request: string): unknown
  /** Null where the label has nothing that the component could print. */
  askPrint(task: ComponentTask): unknown
  hear(message: unknown): Said
}

type Fields = Record<string, unknown>

const nothing: Said = { about: 'nothing' }

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {}
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** Components write ids and truths as text or as what they are. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** How much of a component's words is kept. */
const MAX_REASON = 60

/** A component's words on one line, without digit runs that may be a phone number. */
export function reasonOf(...words: unknown[]): string {
  const said = words.map((w) => text(w).trim()).find((w) => w !== '') ?? ''
  const line = Array.from(said.replace(/\s+/g, ' ').replace(/\d{7,}/g, (run) => '*'.repeat(run.length)))
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON - 1).join('')}…` : line.join('')
}

const printed: Outcome = { state: 'printed', reason: '' }
const failed = (reason: string): Outcome => ({ state: 'failed', reason: reason || 'refused' })
const unclear: Outcome = { state: 'uncertain', reason: 'no_answer' }

/** The platform's part of a label: its print data as it came where that is an object, or a ciphertext with what goes beside it. */
function platformArea(task: ComponentTask): Fields {
  let area: Fields
  try {
    const parsed: unknown = JSON.parse(task.data)
    area = isFields(parsed) ? { ...parsed } : { encryptedData: task.data }
  } catch {
    area = { encryptedData: task.data }
  }
  if (task.template && !('templateURL' in area) && !('templateUrl' in area)) area.templateURL = task.template
  if (task.signature && !('signature' in area)) area.signature = task.signature
  if (task.params && !('params' in area)) area.params = task.params
  return area
}

interface CloudTraits {
  /** The command of the notice that a printer is done. */
  notify: string
  /** Documents say that they are the platform's, and data in our area is called otherwise. */
  flagged?: boolean
  /** It tells of paper where it is asked to. */
  asked?: boolean
}

/** A document's own state; null where it says nothing final. */
function documentOutcome(document: Fields): Outcome | 'pending' | null {
  switch (text(document.status)) {
    case 'success':
    case 'printed':
      return printed
    case 'failed':
      return failed(reasonOf(document.msg, document.detail))
    case 'canceled':
    case 'cancelled':
      return failed(reasonOf(document.msg, document.detail) || 'canceled')
    case 'pending':
    case 'printing':
    case 'rendered':
      return 'pending'
    default:
      return null
  }
}

/** What a notice about a task of one document means; that document's own state comes first. */
function noticed(message: Fields): Outcome | 'pending' {
  const status = text(message.taskStatus)
  if (status === 'rendered') return 'pending'
  const documents = list(message.printStatus)
  if (documents.length > 1) return unclear // we sent one
  const own = documents[0] && documentOutcome(documents[0])
  if (own) return own
  switch (status) {
    case 'printed':
      return printed
    case 'failed':
      return failed(reasonOf(message.msg))
    case 'canceled':
    case 'cancelled':
      return failed(reasonOf(message.msg) || 'canceled')
    default:
      return unclear
  }
}

/** What most components speak: commands with a request id, an acceptance at once, a notice when the printer is done. */
function cloud(traits: CloudTraits): Dialect {
  const ask = (cmd: string, request: string, more: Fields = {}) => ({ cmd, requestID: request, version: '1.0', ...more })
  return {
    askPrinters: (request) => ask('getPrinters', request),
    askPrint(task) {
      if (task.data === '') return null
      const contents: Fields[] = [platformArea(task)]
      if (task.custom && task.customTemplate) contents.push({ templateURL: task.customTemplate, [traits.flagged ? 'customData' : 'data']: { text: task.custom } })
      const document: Fields = { documentID: task.waybillNo, contents, ...(traits.flagged ? { ksOrderFlag: true, waybillCode: task.waybillNo } : {}) }
      return ask('print', task.id, {
        task: {
          taskID: task.id,
          preview: false,
          printer: task.printer,
          firstDocumentNumber: 1,
          totalDocumentCount: 1,
          ...(traits.asked ? { notifyType: ['print'] } : {}),
          documents: [document],
        },
      })
    },
    hear(message) {
      const m = fields(message)
      const cmd = text(m.cmd)
      if (cmd === 'getPrinters') {
        const standard = text(m.defaultPrinter)
        return { about: 'printers', request: text(m.requestID), printers: list(m.printers).map((p) => ({ name: text(p.name), isDefault: text(p.name) === standard })) }
      }
      if (cmd === 'print') {
        const task = text(m.requestID)
        return text(m.status) === 'failed' ? { about: 'told', task, outcome: failed(reasonOf(m.msg)) } : { about: 'taken', task }
      }
      if (cmd !== traits.notify) return nothing
      const outcome = noticed(m)
      return outcome === 'pending' ? { about: 'taken', task: text(m.taskID) } : { about: 'told', task: text(m.taskID), outcome }
    },
  }
}

/** Orders with a key, whose answers bear numbers: 2 for a print, 6 for the printers. It answers once, when it is done. */
const keyed: Dialect = {
  askPrinters: (request) => ({ orderType: 'GET_Printers', key: request, version: '2' }),
  askPrint(task) {
    if (task.data === '') return null
    const content: Fields = { documentID: task.waybillNo, tempUrl: task.template ?? '', printData: task.data }
    if (task.custom && task.customTemplate) Object.assign(content, { customTempUrl: task.customTemplate, customData: { text: task.custom } })
    return { orderType: 'PRINT', key: task.id, version: '2', parameters: { printName: task.printer, contents: [content] } }
  },
  hear(message) {
    const m = fields(message)
    const detail = fields(m.detailinfo)
    switch (text(m.code)) {
      case '6': {
        const names = Array.isArray(detail.printers) ? detail.printers.map(text) : []
        return { about: 'printers', request: text(m.key), printers: names.map((name, i) => ({ name, isDefault: i === 0 })) }
      }
      case '2': {
        const errors = list(detail.errors)
        const well = text(m.success).toLowerCase() === 'true' && errors.length === 0
        const notes = [...errors, ...list(detail.detail)].map((n) => n.msg)
        return { about: 'told', task: text(m.key), outcome: well ? printed : failed(reasonOf(...notes, detail.info, m.content, m.message)) }
      }
      default:
        return nothing
    }
  },
}

/** Request and answer: the answer to a print tells of each of its tasks whether it was printed. */
const commands: Dialect = {
  askPrinters: (request) => ({ command: 'getPrinterList', requestID: request }),
  askPrint(task) {
    if (task.data === '') return null
    const one: Fields = { taskID: task.id, printInfo: task.data, printNum: { curNum: 1, sumNum: 1 }, splitControl: 0, showDeliveryLogo: 1 }
    if (task.custom && task.customTemplate) one.customInfo = { templateUrl: task.customTemplate, data: { text: task.custom } }
    const out: Fields = { command: 'print', version: '2.0', requestID: task.id, printer: task.printer, printType: 1, taskList: [one] }
    // The platform's own template of one part, in millimetres; of others the component knows the size.
    if (!task.template || task.template === 'single') out.size = { width: 76, height: 130 }
    return out
  },
  hear(message) {
    const m = fields(message)
    const request = text(m.requestID) || text(m.requestId)
    if (m.command === 'getPrinterList') {
      return { about: 'printers', request, printers: list(m.printerList).map((p) => ({ name: text(p.name), isDefault: false })) }
    }
    if (m.command !== 'print') return nothing
    const results = list(m.results)
    const result = results[0]
    if (results.length !== 1 || !result) return { about: 'told', task: request, outcome: unclear }
    return { about: 'told', task: text(result.taskID) || request, outcome: result.success === true ? printed : failed(reasonOf(result.failureReason)) }
  },
}

/** A component, and where it listens: plainly, and with a certificate of its own that some browsers ask for. */
export interface ComponentInfo {
  addresses: readonly string[]
  dialect: Dialect
}

/** The components by the code of the channel whose labels they print. */
export const components = {
  taobao: { addresses: ['ws://127.0.0.1:13528', 'wss://localhost:13529'], dialect: cloud({ notify: 'notifyPrintResult', asked: true }) },
  pdd: { addresses: ['ws://127.0.0.1:5000', 'wss://localhost:18653'], dialect: cloud({ notify: 'PrintResultNotify' }) },
  douyin: { addresses: ['ws://127.0.0.1:13888', 'wss://localhost:13999'], dialect: cloud({ notify: 'notifyPrintResult' }) },
  jd: { addresses: ['ws://127.0.0.1:9113'], dialect: keyed },
  wechat: { addresses: ['ws://127.0.0.1:12705'], dialect: commands },
  kuaishou: { addresses: ['ws://127.0.0.1:16888/ks/printer', 'wss://localhost:16889/ks/printer'], dialect: cloud({ notify: 'notifyPrintResult', flagged: true }) },
  xhs: { addresses: ['ws://127.0.0.1:10818'], dialect: cloud({ notify: 'notifyPrintResult' }) },
} as const satisfies Record<string, ComponentInfo>

export type ComponentKind = keyof typeof components

/** Whether a channel's labels are printed by a component. */
export function isComponentKind(channel: string): channel is ComponentKind {
  return Object.hasOwn(components, channel)
}
