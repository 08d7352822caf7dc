/// <reference lib="webworker" />
// One EventSource for all tabs: over HTTP/1.1 a browser opens six connections
// per server at most, and every tab's own stream would eat one.
const ports = new Set<MessagePort>()
let source: EventSource | undefined

function broadcast(message: unknown): void {
  for (const port of ports) port.postMessage(message)
}

function open(url: string, topics: string[]): void {
  source?.close()
  source = new EventSource(url, { withCredentials: true })
  source.addEventListener('open', () => broadcast({ kind: 'open' }))
  source.addEventListener('error', () => broadcast({ kind: 'error' }))
  const forward = (event: MessageEvent<string>) => broadcast({ kind: 'event', topic: event.type, data: event.data })
  source.addEventListener('message', forward)
  for (const topic of topics) source.addEventListener(topic, forward)
}

;(globalThis as unknown as SharedWorkerGlobalScope).addEventListener('connect', (event) => {
  const port = event.ports[0]
  if (!port) return
  ports.add(port)
  port.addEventListener('message', (message: MessageEvent<{ kind: string; url: string; topics: string[] }>) => {
    if (message.data.kind === 'close') {
      ports.delete(port)
      if (ports.size === 0) {
        source?.close()
        source = undefined
      }
      return
    }
    ports.add(port)
    // A new login needs a new stream; a second tab of the same login joins the open one.
    if (!source || source.readyState === EventSource.CLOSED || message.data.kind === 'restart') open(message.data.url, message.data.topics)
    else port.postMessage({ kind: 'open' })
  })
  port.start()
})
