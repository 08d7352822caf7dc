import { AudioMutedOutlined, AudioOutlined, CameraOutlined, CloseOutlined, EditOutlined, SettingOutlined, SoundOutlined, VideoCameraOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input } from 'antd'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { VerifyItem, VerifySession } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'
import { formatFullTime } from '@/lib/format'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import { carriersQuery, nameOf, useShops } from '@/lib/lookups'
import { readPref, usePref, writePref } from '@/lib/prefs'
import { useCan, useMe } from '@/lib/session'
import { Band } from '@/ui/Band'
import { Thumb } from '@/ui/orders/parts'
import { ScanBox } from '@/ui/ScanBox'
import { ScrollBox } from '@/ui/ScrollBox'
import { useTitle } from '@/ui/title'
import { useToast } from '@/ui/Toast'
import { deviation, nextOf, offText, paceOf } from './band'
import { Camera, cameraAllowed } from './Camera'
import { ForceDialog, HoldDialog, LeaveDialog, VideoDialog } from './dialogs'
import { policyQuery } from './policy'
import { ReprintDialog } from './Reprint'
import { SettingsDialog } from './Settings'
import { useBench, type Bench, type LogLine } from './useBench'
import css from './verify.module.css'
import { WeighList } from './WeighList'

type Open = 'settings' | 'hold' | 'force' | 'reprint' | 'leave' | 'video' | 'camera' | null

/** A full-screen bench: verifying, or weighing what was verified elsewhere. */
export function Station({ weighing = false }: { weighing?: boolean }) {
  const { t } = useTranslation()
  const pref = weighing ? 'bench.scales' : 'bench.name'
  const [bench, setBench] = useState(() => readPref(pref) ?? '')
  useTitle(t(weighing ? 'verify.weigh_title' : 'verify.title'))
  if (!bench) {
    return (
      <NameBench
        weighing={weighing}
        onName={(name) => {
          writePref(pref, name)
          setBench(name)
        }}
      />
    )
  }
  return <Desk key={bench} bench={bench} weighing={weighing} onRename={() => setBench('')} />
}

/** The first thing a new bench is asked for: other benches see its name on what it holds. */
function NameBench({ weighing, onName }: { weighing: boolean; onName: (name: string) => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(() => readPref(weighing ? 'bench.scales' : 'bench.name') ?? '')
  return (
    <main className={css.naming}>
      <h1>{t(weighing ? 'verify.weigh_title' : 'verify.title')}</h1>
      <p>{t('verify.bench_hint')}</p>
      <form
        onSubmit={(e) => {
          e.preventDefault()
          if (name.trim()) onName(name.trim())
        }}
      >
        <Input autoFocus size="large" maxLength={30} aria-label={t('verify.bench_name')} placeholder={t(weighing ? 'verify.scales_example' : 'verify.bench_example')} value={name} onChange={(e) => setName(e.target.value)} />
        <Button type="primary" size="large" htmlType="submit" disabled={!name.trim()}>
          {t('verify.bench_begin')}
        </Button>
      </form>
      <Link to="/">{t('verify.not_now')}</Link>
    </main>
  )
}

const DAY = 86_400_000
/** More parcels than leave a bench between two counts. */
const SENT = 100

interface Sent {
  at: number
  pieces: number
}

function Desk({ bench, weighing, onRename }: { bench: string; weighing: boolean; onRename: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const can = useCan()
  const me = useMe()
  const [open, setOpen] = useState<Open>(null)
  // What shipped here since the server counted last: it is not asked anew for every parcel.
  const [sent, setSent] = useState<Sent[]>([])
  const shipped = useCallback((pieces: number) => setSent((all) => [...all, { at: Date.now(), pieces }].slice(-SENT)), [])
  const desk = useBench(bench, weighing, shipped)
  const { session, band } = desk
  const live = session?.state === 'open' ? session : null
  const policy = useQuery(policyQuery).data
  const ship = useAction({
    run: (body: { stale_reason?: string; confirm_waybill?: boolean }, key) => api.post('/verify-sessions/{id}/ship', { bench, ...body }, { path: { id: live?.id ?? '' }, key }),
    onSuccess: (answer) => desk.take(answer, ''),
    onError: (error) => desk.fail(error),
  })
  const leave = () => {
    if (!live) return
    // A parcel that nobody scanned a piece of is given back without a question.
    if (live.done > 0) return setOpen('leave')
    give.mutate(live.id)
  }
  const give = useAction({
    run: (id: string, key) => api.post('/verify-sessions/{id}/leave', { bench }, { path: { id }, key }),
    onSuccess: () => desk.clear(t('verify.left')),
    onError: (error) => desk.fail(error),
  })
  const mayForce = live !== null && live.done < live.need
  const mayReprint = live !== null && live.waybill_no !== '' && can('packing.print')
  useKeys([
    { keys: KEY.bench_hold, run: () => live && setOpen('hold'), inFields: true },
    { keys: KEY.bench_force, run: () => mayForce && setOpen('force'), inFields: true },
    { keys: KEY.bench_reprint, run: () => mayReprint && setOpen('reprint'), inFields: true },
    { keys: KEY.close, run: leave, inFields: true },
  ], open === null)
  const close = () => setOpen(null)
  return (
    <main className={css.desk}>
      <Head bench={bench} sent={sent} weighing={weighing} person={me.display_name || me.user_name} onRename={onRename} onSettings={can('packing.force') ? () => setOpen('settings') : undefined} busy={live !== null} />
      <div className={css.scan}>
        <ScanBox
          label={t(live ? `verify.scan.${live.next || 'number'}` : 'verify.scan.number')}
          onScan={desk.scan}
          screenKeyboard={!matchMedia('(pointer: coarse)').matches}
          extra={
            <Button
              icon={<CameraOutlined />}
              aria-label={t('verify.camera')}
              title={t(cameraAllowed() ? 'verify.camera' : 'verify.camera_insecure')}
              onClick={() => (cameraAllowed() ? setOpen(open === 'camera' ? null : 'camera') : toast.ok(t('verify.camera_insecure')))}
            />
          }
        />
        {open === 'camera' ? <Camera onScan={desk.scan} onClose={close} /> : null}
      </div>
      <Band tone={band.tone} title={band.title} detail={band.detail} pending={band.pending}>
        {live ? (
          <>
            <b>
              {live.done}/{live.need}
            </b>
            <span>{nextOf(t, live)}</span>
          </>
        ) : null}
      </Band>
      <Onward desk={desk} live={live} busy={ship.isPending} onShip={(body) => ship.mutate(body)} onForce={() => setOpen('force')} />
      <div className={css.body}>
        {session ? <Pieces session={session} weighing={weighing} weighed={desk.last?.verdict === 'off_weight' ? desk.weighed : null} policy={policy} /> : (
          <div>
            <Idle log={desk.log} weighing={weighing} />
            {weighing ? <WeighList onWeigh={desk.scan} /> : null}
          </div>
        )}
        <aside className={css.side}>
          {session ? <Papers session={session} onVideo={() => setOpen('video')} /> : null}
          <Log lines={desk.log} />
        </aside>
      </div>
      <footer className={css.keys}>
        <Key name="F2" label={t('verify.key.hold')} disabled={!live} onClick={() => setOpen('hold')} />
        <Key name="F4" label={t('verify.key.force')} disabled={!mayForce} onClick={() => setOpen('force')} />
        <Key name="F8" label={t('verify.key.reprint')} disabled={!mayReprint} onClick={() => setOpen('reprint')} />
        <Key name="Esc" label={t('verify.key.leave')} disabled={!live} onClick={leave} />
      </footer>
      {open === 'settings' ? <SettingsDialog onClose={close} /> : null}
      {live && open === 'hold' ? <HoldDialog bench={bench} session={live} onDone={() => (close(), desk.clear(t('verify.held')))} onClose={close} /> : null}
      {live && open === 'force' ? <ForceDialog bench={bench} session={live} gram={desk.last?.verdict === 'off_weight' ? desk.weighed : null} onDone={(a) => (close(), desk.take(a, ''))} onClose={close} /> : null}
      {live && open === 'leave' ? <LeaveDialog bench={bench} session={live} onDone={() => (close(), desk.clear(t('verify.left')))} onClose={close} /> : null}
      {live && open === 'reprint' ? (
        <ReprintDialog
          bench={bench}
          session={live}
          onDone={() => {
            close()
            toast.ok(t('verify.reprinting'))
          }}
          onClose={close}
        />
      ) : null}
      {session && open === 'video' ? <VideoDialog session={session} onDone={close} onClose={close} /> : null}
    </main>
  )
}

function Key({ name, label, disabled, onClick }: { name: string; label: string; disabled: boolean; onClick: () => void }) {
  return (
    <button type="button" disabled={disabled} onClick={onClick}>
      <kbd>{name}</kbd>
      <span>{label}</span>
    </button>
  )
}

function Head({ bench, sent, weighing, person, busy, onRename, onSettings }: { bench: string; sent: Sent[]; weighing: boolean; person: string; busy: boolean; onRename: () => void; onSettings?: () => void }) {
  const { t } = useTranslation()
  const [sound, setSound] = usePref('bench.sound', 'on', ['on', 'off'] as const)
  const [voice, setVoice] = usePref('bench.voice', 'on', ['on', 'off'] as const)
  const [since] = useState(() => new Date(Date.now() - DAY).toISOString())
  const counts = useQuery({
    queryKey: ['verify', 'counts', bench, since],
    queryFn: ({ signal }) => {
      const at = Date.now()
      return api.get('/verify-counts', { query: { since, bench }, signal }).then((l) => ({ rows: l.items, at }))
    },
    refetchInterval: 60_000,
  }).data
  const pace = counts ? paceOf(counts.rows, bench, counts.at) : null
  const later = counts ? sent.filter((s) => s.at > counts.at) : []
  return (
    <header className={css.head}>
      <Link to="/" aria-label={t('verify.exit')} title={t('verify.exit')} className={css.exit}>
        <CloseOutlined />
      </Link>
      <h1>{t(weighing ? 'verify.weigh_title' : 'verify.title')}</h1>
      <button type="button" className={css.bench} disabled={busy} title={busy ? t('verify.rename_busy') : t('verify.rename')} onClick={onRename}>
        {bench} <EditOutlined aria-hidden />
      </button>
      <span className={css.person}>{person}</span>
      <dl className={css.pace}>
        <div>
          <dt>{t('verify.parcels_day')}</dt>
          <dd>{pace ? pace.parcels + later.length : '\u2013'}</dd>
        </div>
        <div>
          <dt>{t('verify.pieces_day')}</dt>
          <dd>{pace ? pace.pieces + later.reduce((n, s) => n + s.pieces, 0) : '\u2013'}</dd>
        </div>
        <div>
          <dt>{t('verify.per_minute')}</dt>
          <dd>{pace?.perMinute ?? '\u2013'}</dd>
        </div>
      </dl>
      {onSettings ? <Button icon={<SettingOutlined />} title={t('verify.settings')} aria-label={t('verify.settings')} onClick={onSettings} /> : null}
      <Button icon={<SoundOutlined />} aria-pressed={sound === 'on'} type={sound === 'on' ? 'default' : 'dashed'} title={t(`verify.sound_${sound}`)} aria-label={t(`verify.sound_${sound}`)} onClick={() => setSound(sound === 'on' ? 'off' : 'on')} />
      <Button icon={voice === 'on' ? <AudioOutlined /> : <AudioMutedOutlined />} aria-pressed={voice === 'on'} type={voice === 'on' ? 'default' : 'dashed'} title={t(`verify.voice_${voice}`)} aria-label={t(`verify.voice_${voice}`)} onClick={() => setVoice(voice === 'on' ? 'off' : 'on')} />
    </header>
  )
}

/** What a person can do about a step that was refused. */
function Onward({ desk, live, busy, onShip, onForce }: { desk: Bench; live: VerifySession | null; busy: boolean; onShip: (body: { stale_reason?: string; confirm_waybill?: boolean }) => void; onForce: () => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const can = useCan()
  const { last, error } = desk
  if (error instanceof ApiError) {
    // The band says what is wrong; here is what support asks for.
    return (
      <p className={css.trace}>
        <code>{error.code}</code>
        {error.requestId ? t('common.request_id', { id: error.requestId }) : null}
      </p>
    )
  }
  if (!live || !last) return null
  if (last.verdict === 'off_weight') {
    return (
      <div className={css.onward}>
        <span>{t('verify.off_weight_hint')}</span>
        <Button onClick={onForce}>{t('verify.off_weight_force')}</Button>
      </div>
    )
  }
  if (last.verdict === 'stopped') return <p className={css.onward}>{t('verify.stopped_hint')}</p>
  if (last.verdict !== 'refused' || live.next !== 'ship') return null
  const code = last.refusal?.code
  return (
    <div className={css.onward}>
      {code === 'fulfillment.stale_data' ? (
        can('fulfillment.ship_stale') ? (
          <>
            <Input value={reason} maxLength={200} aria-label={t('verify.stale_reason')} placeholder={t('verify.stale_reason')} onChange={(e) => setReason(e.target.value)} />
            <Button disabled={!reason.trim()} loading={busy} onClick={() => onShip({ stale_reason: reason.trim() })}>
              {t('verify.ship_stale')}
            </Button>
          </>
        ) : (
          <span>{t('verify.stale_refused')}</span>
        )
      ) : code?.startsWith('fulfillment.bad_waybill') ? (
        <Button loading={busy} onClick={() => onShip({ confirm_waybill: true })}>
          {t('verify.ship_confirmed', { no: live.waybill_no })}
        </Button>
      ) : (
        <Button loading={busy} onClick={() => onShip({})}>
          {t('verify.ship_again')}
        </Button>
      )}
    </div>
  )
}

/** What has to be in the parcel, what is still missing first. */
function Pieces({ session, weighing, weighed, policy }: { session: VerifySession; weighing: boolean; weighed: number | null; policy?: { off_gram: number; off_percent: number } }) {
  const { t } = useTranslation()
  const shops = useShops()
  const several = session.orders.length > 1
  const notes = session.orders.flatMap((o) => [
    ...(o.buyer_note ? [{ key: `${o.order_id}b`, kind: 'buyer' as const, text: o.buyer_note, no: o.channel_order_no }] : []),
    ...(o.seller_note ? [{ key: `${o.order_id}s`, kind: 'seller' as const, text: o.seller_note, no: o.channel_order_no }] : []),
  ])
  const items = session.items.toSorted((a, b) => Number(a.done === a.need) - Number(b.done === b.need))
  return (
    <ScrollBox label={t('verify.pieces')} className={css.pieces}>
      {notes.map((n) => (
        <p key={n.key} className={n.kind === 'buyer' ? css.buyerNote : css.sellerNote}>
          <b>{t(`verify.${n.kind}_note`)}</b> {n.text} {several ? <small>{n.no}</small> : null}
        </p>
      ))}
      {weighing || session.next === 'weight' || session.gram > 0 ? <Weight session={session} gram={weighed ?? session.gram} policy={policy} /> : null}
      <ul className={css.items}>
        {items.map((i) => (
          <Piece key={`${i.line_id} ${i.sku_id}`} item={i} waits={session.next === 'serial'} />
        ))}
      </ul>
      <p className={css.orders}>
        {session.orders.map((o) => (
          <span key={o.order_id}>
            {shops.find((s) => s.id === o.shop_id)?.name} {o.channel_order_no} {o.receiver}
          </span>
        ))}
      </p>
    </ScrollBox>
  )
}

function Piece({ item, waits }: { item: VerifyItem; waits: boolean }) {
  const { t } = useTranslation()
  const done = item.done === item.need
  return (
    <li className={done ? css.pieceDone : css.piece} data-sku={item.sku_code}>
      <Thumb line={{ image_url: item.image_url, sku_code: item.sku_code, title: item.name }} size={64} />
      <div>
        <strong>{item.name}</strong>
        <span>
          {item.sku_code}
          {item.serial ? <em>{t(`verify.serial_${item.serial}`)}</em> : null}
          {waits && item.serial && !done ? <em className={css.waits}>{t('verify.serial_next')}</em> : null}
        </span>
      </div>
      <b className={item.need > 1 ? css.many : undefined} aria-label={t('verify.done_of', { done: item.done, need: item.need })}>
        {item.done}
        <i>/{item.need}</i>
      </b>
    </li>
  )
}

/** The weight against what the goods weigh. */
function Weight({ session, gram, policy }: { session: VerifySession; gram: number; policy?: { off_gram: number; off_percent: number } }) {
  const { t } = useTranslation()
  const off = gram ? deviation(session.expected_gram, gram) : null
  return (
    <dl className={css.weight}>
      <div>
        <dt>{t('verify.weight_expected')}</dt>
        <dd>{session.expected_gram ? t('verify.grams', { gram: session.expected_gram }) : t('verify.weight_unknown')}</dd>
      </div>
      <div>
        <dt>{t('verify.weight_is')}</dt>
        <dd>{gram ? t('verify.grams', { gram }) : '\u2013'}</dd>
      </div>
      <div>
        <dt>{t('verify.weight_off')}</dt>
        <dd>{off ? offText(t, off) : '\u2013'}</dd>
      </div>
      {policy ? (
        <div>
          <dt>{t('verify.weight_may')}</dt>
          <dd>{t('verify.weight_bounds', { gram: policy.off_gram, percent: policy.off_percent })}</dd>
        </div>
      ) : null}
    </dl>
  )
}

/** What the parcel's papers say. */
function Papers({ session, onVideo }: { session: VerifySession; onVideo: () => void }) {
  const { t } = useTranslation()
  const carrier = useQuery(carriersQuery).data?.find((c) => c.code === session.carrier)
  return (
    <section className={css.papers}>
      <dl>
        <dt>{t('verify.waybill_no')}</dt>
        <dd>
          {carrier ? nameOf(carrier) : session.carrier} {session.waybill_no || '\u2013'}
        </dd>
        <dt>{t('verify.fulfillment_no')}</dt>
        <dd>{session.fulfillment_order_id}</dd>
        {session.video_url ? (
          <>
            <dt>{t('verify.video')}</dt>
            <dd>
              <a href={session.video_url} target="_blank" rel="noreferrer noopener">
                {session.video_url}
              </a>
            </dd>
          </>
        ) : null}
      </dl>
      <Button size="small" icon={<VideoCameraOutlined />} onClick={onVideo}>
        {t(session.video_url ? 'verify.video_change' : 'verify.video_add')}
      </Button>
    </section>
  )
}

function Idle({ log, weighing }: { log: LogLine[]; weighing: boolean }) {
  const { t } = useTranslation()
  return (
    <div className={css.idleBox}>
      <p>{t(weighing ? 'verify.weigh_how' : 'verify.how')}</p>
      {log.length === 0 ? <p className={css.muted}>{t('verify.how_keys')}</p> : null}
      <Link to={weighing ? '/verify' : '/weigh'} className={css.other}>
        {weighing ? t('verify.title') : t('verify.weigh_title')}
      </Link>
    </div>
  )
}

function Log({ lines }: { lines: LogLine[] }) {
  const { t } = useTranslation()
  return (
    <section className={css.log} aria-label={t('verify.last_scans')}>
      <h2>{t('verify.last_scans')}</h2>
      {lines.length === 0 ? <p className={css.muted}>{t('verify.no_scans')}</p> : null}
      <ol>
        {lines.map((l) => (
          <li key={l.id} className={css[`log_${l.tone}`]}>
            <time>{formatFullTime(l.at).slice(11)}</time>
            <span>{l.title}</span>
            <code>{l.code}</code>
          </li>
        ))}
      </ol>
    </section>
  )
}
