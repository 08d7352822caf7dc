import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { WaveSheet, WaveStop } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useMe } from '@/lib/session'
import { beep } from '@/lib/sound'
import { ScanBox } from '@/ui/ScanBox'
import { ErrorBox, QueryState } from '@/ui/States'
import { useTitle } from '@/ui/title'
import { Tag } from '@/ui/Tag'
import { useOutbox, type Told } from './outbox'
import css from './pick.module.css'
import { ShortPanel } from './ShortPanel'
import { StopCard } from './StopCard'
import { after, hasOwn, leftOf, read, walkOf, type Hand } from './walk'

/** Picking a wave by hand-held: where to go, what to take, into which basket. */
export function PickView({ id }: { id: string }) {
  const { t } = useTranslation()
  useTitle(t('pick.title'))
  const query = useQuery({ queryKey: ['waves', 'one', id], queryFn: ({ signal }) => api.get('/waves/{id}', { path: { id }, signal }), placeholderData: undefined })
  return (
    <main className={css.page}>
      {query.data && query.data.ended_at === null ? (
        <>
          {query.error ? <ErrorBox error={query.error} onRetry={() => void query.refetch()} /> : null}
          <Picking known={query.data} />
        </>
      ) : (
        <>
          <header className={css.head}>
            <Link to="/pick" className={css.back}>
              {t('pick.other_wave')}
            </Link>
            <h1>{query.data?.code ?? t('pick.title')}</h1>
          </header>
          <QueryState query={query}>{(sheet) => <p className={css.band}>{t('pick.ended', { code: sheet.code })}</p>}</QueryState>
        </>
      )}
    </main>
  )
}

interface Said {
  text: string
  tone: 'good' | 'bad' | 'plain'
}

function Picking({ known }: { known: WaveSheet }) {
  const { t } = useTranslation()
  const me = useMe().user_id
  const client = useQueryClient()
  const key = ['waves', 'one', known.id]
  const { box, told, offline } = useOutbox(
    known.id,
    me,
    (hand, idempotency) => api.post('/waves/{id}/picks', { sku_id: hand.sku_id, do: hand.do, quantity: hand.quantity, position: hand.position || undefined, counted: hand.counted }, { path: { id: known.id }, key: idempotency }).then(() => undefined),
    (hand) => {
      client.setQueryData<WaveSheet>(key, (sheet) => (sheet ? after(sheet, hand) : sheet))
      void client.invalidateQueries({ queryKey: ['waves'] })
    },
  )
  const waiting = told.filter((x) => x.refused === '')
  const sheet = waiting.reduce((s, x) => after(s, x.hand), known)
  const [everyone, setEveryone] = useState(!hasOwn(known, me))
  const [at, setAt] = useState('')
  const [inHand, setInHand] = useState(false)
  const [missing, setMissing] = useState(false)
  const [last, setLast] = useState<Hand[]>([])
  const [said, setSaid] = useState<Said>({ text: '', tone: 'plain' })
  const walk = walkOf(sheet, me, everyone)
  const stop = walk.find((s) => s.sku_id === at) ?? walk[0]
  const target = sheet.mode === 'while_picking' ? stop?.drops[0] : undefined

  const say = (tone: Said['tone'], text: string) => {
    if (tone !== 'plain') beep(tone)
    setSaid({ tone, text })
  }
  const go = (next: WaveStop | undefined, held: boolean) => {
    setAt(next?.sku_id ?? '')
    setInHand(held)
    setMissing(false)
  }
  const done = (hand: Hand) => {
    box.add(hand)
    setLast([hand, ...last].slice(0, 20))
    const rest = walkOf(after(sheet, hand), me, everyone)
    const same = rest.find((s) => s.sku_id === hand.sku_id)
    if (same && hand.do === 'pick') return go(same, true)
    // Onwards from here, not back to the first: what was left behind comes round at the end.
    const here = sheet.stops.findIndex((s) => s.sku_id === hand.sku_id)
    go(same ?? rest.find((s) => sheet.stops.findIndex((x) => x.sku_id === s.sku_id) > here) ?? rest[0], false)
  }
  const put = (position: number, quantity: number) => {
    if (!stop) return
    done({ sku_id: stop.sku_id, do: 'pick', quantity, position })
    say('good', position ? t('pick.put_done', { n: position, count: quantity }) : t('pick.took_done', { count: quantity }))
  }
  const undo = () => {
    const [hand, ...before] = last
    if (!hand || hand.do !== 'pick') return
    box.add({ ...hand, do: 'undo' })
    setLast(before)
    go(sheet.stops.find((s) => s.sku_id === hand.sku_id), false)
    say('plain', t('pick.undone', { count: hand.quantity }))
  }
  const onScan = (text: string) => {
    const what = read(sheet, text)
    if (what.kind === 'location') {
      const here = what.stops.find((s) => leftOf(s) > 0)
      if (!here) return say('bad', t('pick.done_here', { place: text }))
      go(here, false)
      return say('good', t('pick.at', { place: here.location }))
    }
    if (what.kind === 'sku') {
      if (leftOf(what.stop) === 0) return say('bad', t('pick.enough', { code: what.stop.sku_code }))
      const other = stop && what.stop.sku_id !== stop.sku_id
      go(what.stop, true)
      return say('good', other ? t('pick.other_item', { code: what.stop.sku_code }) : t('pick.right', { code: what.stop.sku_code }))
    }
    if (what.kind === 'basket' && stop && inHand && sheet.mode === 'while_picking') {
      const drop = stop.drops.find((d) => d.position === what.position)
      if (!drop) return say('bad', t('pick.wrong_basket', { n: what.position }))
      return put(drop.position, drop.quantity)
    }
    say('bad', t('pick.unknown', { text }))
  }
  const total = sheet.stops.reduce((n, s) => n + s.wanted, 0)
  const left = sheet.stops.reduce((n, s) => n + leftOf(s), 0)
  return (
    <>
      <header className={css.head}>
        <Link to="/pick" className={css.back}>
          {t('pick.other_wave')}
        </Link>
        <h1>{sheet.code}</h1>
        <span className={css.count}>
          {groupDigits(total - left)}/{groupDigits(total)}
        </span>
      </header>
      <Pulls sheet={sheet} />
      <Refusals told={told} onRead={(k) => box.drop(k)} />
      {waiting.length > 0 && offline ? (
        <p className={css.offline} role="status">
          {t('pick.offline', { count: waiting.length })}
          <button type="button" onClick={() => void box.flush()}>
            {t('common.retry')}
          </button>
        </p>
      ) : null}
      <ScanBox label={inHand && sheet.mode === 'while_picking' ? t('pick.scan_basket') : t('pick.scan_item')} screenKeyboard={false} onScan={onScan} />
      <p className={css[said.tone === 'plain' ? 'band' : said.tone]} role="status">
        {said.text || t('pick.ready')}
      </p>
      {stop && missing ? (
        <ShortPanel
          key={stop.sku_id}
          stop={stop}
          onShort={(quantity, counted) => {
            done({ sku_id: stop.sku_id, do: 'short', quantity, position: 0, counted })
            say('plain', t('pick.short_done', { count: quantity }))
          }}
          onClose={() => setMissing(false)}
        />
      ) : stop ? (
        <StopCard key={`${stop.sku_id} ${target?.position ?? 0} ${inHand}`} stop={stop} target={target} inHand={inHand} onHold={() => go(stop, true)} onPut={put} />
      ) : (
        <Done sheet={sheet} left={left} waiting={waiting.length} everyone={everyone} onEveryone={() => setEveryone(true)} />
      )}
      {stop && !missing ? (
        <div className={css.foot}>
          <button type="button" className={css.warn} onClick={() => setMissing(true)}>
            {t('pick.short')}
          </button>
          <button type="button" disabled={walk.length < 2} onClick={() => go(walk[(walk.indexOf(stop) + 1) % walk.length], false)}>
            {t('pick.skip')}
          </button>
          <button type="button" disabled={last[0]?.do !== 'pick'} onClick={undo}>
            {t('common.undo')}
          </button>
        </div>
      ) : null}
      {!stop && last[0]?.do === 'pick' ? (
        <div className={css.foot}>
          <button type="button" onClick={undo}>
            {t('common.undo')}
          </button>
        </div>
      ) : null}
      {hasOwn(sheet, me) && stop ? (
        <label className={css.everyone}>
          <input type="checkbox" checked={everyone} onChange={(e) => setEveryone(e.target.checked)} />
          {t('pick.everyone')}
        </label>
      ) : null}
    </>
  )
}

/** Baskets that are to be pulled out, with their places. */
function Pulls({ sheet }: { sheet: WaveSheet }) {
  const { t } = useTranslation()
  const hits = sheet.baskets.filter((b) => b.hit)
  if (hits.length === 0) return null
  return (
    <ul className={css.pulls} role="alert" aria-label={t('pick.pull')}>
      {hits.map((b) => (
        <li key={b.fulfillment_order_id}>
          <Tag tone="red">{t('waves.basket_n', { n: b.position })}</Tag> {b.hit?.message}
        </li>
      ))}
    </ul>
  )
}

/** What the server refused, until it is read. */
function Refusals({ told, onRead }: { told: Told[]; onRead: (key: string) => void }) {
  const { t } = useTranslation()
  const all = told.filter((x) => x.refused !== '')
  if (all.length === 0) return null
  return (
    <ul className={css.pulls} role="alert" aria-label={t('pick.refused')}>
      {all.map((x) => (
        <li key={x.key}>
          {t('pick.refused_n', { count: x.hand.quantity, why: x.refused })}
          <button type="button" onClick={() => onRead(x.key)}>
            {t('pick.read')}
          </button>
        </li>
      ))}
    </ul>
  )
}

interface DoneProps {
  sheet: WaveSheet
  left: number
  waiting: number
  everyone: boolean
  onEveryone: () => void
}

function Done({ sheet, left, waiting, everyone, onEveryone }: DoneProps) {
  const { t } = useTranslation()
  const close = useAction({ run: (_: object, key) => api.post('/waves/{id}/close', undefined, { path: { id: sheet.id }, key }), invalidates: [['waves'], ['orders']] })
  const short = sheet.baskets.filter((b) => b.left_reason === '' && b.short > 0).length
  if (left > 0) {
    return (
      <section className={css.card}>
        <p className={css.big}>{t('pick.yours_done')}</p>
        <p>{t('pick.others_left', { count: left })}</p>
        {everyone ? null : (
          <button type="button" className={css.main} onClick={onEveryone}>
            {t('pick.help')}
          </button>
        )}
      </section>
    )
  }
  return (
    <section className={css.card}>
      <p className={css.big}>{t('pick.all_done')}</p>
      {short > 0 ? <p className={css.shortText}>{t('waves.end.short_text', { count: short })}</p> : null}
      {close.error ? <ErrorBox error={close.error} /> : null}
      <button type="button" className={css.main} disabled={waiting > 0 || close.isPending} onClick={() => close.mutate({})}>
        {t('pick.close', { code: sheet.code })}
      </button>
    </section>
  )
}
