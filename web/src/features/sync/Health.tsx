import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Backlog, Sync } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { groupDigits } from '@/lib/format'
import { parseNumbers } from '@/lib/numbers'
import { useCan } from '@/lib/session'
import { FormDialog } from '@/ui/FormDialog'
import { Field } from '@/ui/Field'
import { Page, Panel } from '@/ui/Page'
import { DataTable } from '@/ui/DataTable'
import { Empty } from '@/ui/States'
import { ChannelBadge } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { UnknownWords } from './UnknownWords'
import { Condition, inOrder, Lag, Until, useChannelName } from './SyncView'
import css from './sync.module.css'

/** How well a shop is read and told, and the ways to hurry it. */
export function Health({ sync, backlog }: { sync: Sync; backlog: Backlog | undefined }) {
  const { t } = useTranslation()
  const now = useNow()
  const toast = useToast()
  const maySync = useCan()('channel.sync')
  const channel = useChannelName(sync.channel)
  const [asking, setAsking] = useState(false)
  const id = sync.shop_id
  const pull = useAction({
    run: (_: null, key) => api.post('/sync/{id}/pull', {}, { path: { id }, key }),
    invalidates: [['sync']],
    onSuccess: () => toast.ok(t('sync.pull_asked')),
    onError: toast.bad,
  })
  return (
    <Page
      title={sync.shop_name}
      hint={
        <>
          <ChannelBadge channel={sync.channel} /> {t('sync.health_hint', { channel })}
        </>
      }
      actions={
        maySync ? (
          <>
            <Button onClick={() => setAsking(true)}>{t('sync.pull_some')}</Button>
            <Button type="primary" loading={pull.isPending} onClick={() => pull.mutate(null)}>
              {t('sync.pull_now')}
            </Button>
          </>
        ) : null
      }
    >
      <UnknownWords sync={sync} />
      <div className={css.two}>
        <Panel title={t('sync.state')}>
          <dl className={css.facts}>
            <dt>{t('sync.state')}</dt>
            <dd>
              <Condition sync={sync} now={now} />
            </dd>
            <dt>{t('sync.authorised_until')}</dt>
            <dd>
              <Until at={sync.consent_by_at} now={now} />
            </dd>
            <dt>{t('sync.calls_today')}</dt>
            <dd>
              {sync.quota.daily_calls > 0 ? t('sync.of', { n: groupDigits(sync.quota.calls), all: groupDigits(sync.quota.daily_calls) }) : groupDigits(sync.quota.calls)}
              {sync.quota.per_second > 0 ? <span className={css.muted}> {t('sync.per_second', { n: Math.round(sync.quota.per_second * 100) / 100 })}</span> : null}
            </dd>
            {sync.quota.decrypts > 0 || sync.quota.daily_decrypts > 0 ? (
              <>
                <dt>{t('sync.decrypts_today')}</dt>
                <dd>{sync.quota.daily_decrypts > 0 ? t('sync.of', { n: groupDigits(sync.quota.decrypts), all: groupDigits(sync.quota.daily_decrypts) }) : groupDigits(sync.quota.decrypts)}</dd>
              </>
            ) : null}
            {sync.quota.banned_until_at && Date.parse(sync.quota.banned_until_at) > now ? (
              <>
                <dt>{t('sync.banned_until')}</dt>
                <dd className={css.bad}>
                  <Time at={sync.quota.banned_until_at} /> <code>{sync.quota.ban_code}</code>
                </dd>
              </>
            ) : null}
          </dl>
        </Panel>
        <Panel title={t('sync.open')}>
          <dl className={css.facts}>
            {(
              [
                ['open_gaps', 'checks'],
                ['open_days', 'checks'],
                ['quarantined', 'quarantine'],
              ] as const
            ).map(([key, tab]) => (
              <Fact key={key} label={t(`sync.${key}`)} n={sync[key]} id={id} tab={tab} />
            ))}
            <Fact label={t('sync.waiting_hints')} n={sync.waiting_hints} />
            {(['waiting', 'refused', 'uncertain'] as const).map((key) => (
              <Fact key={key} label={t(`sync.told_${key}`)} n={backlog?.[key] ?? 0} id={id} tab="effects" state={key} />
            ))}
            {backlog?.oldest_at ? (
              <>
                <dt>{t('sync.oldest')}</dt>
                <dd>
                  <Time at={backlog.oldest_at} />
                </dd>
              </>
            ) : null}
            <Fact label={t('sync.stale_listings')} n={backlog?.stale_listings ?? 0} id={id} tab="stock" />
          </dl>
        </Panel>
      </div>
      <Panel title={t('sync.streams')} note={t('sync.streams_note')} flush>
        <DataTable
          label={t('sync.streams')}
          rows={inOrder(sync.streams)}
          rowKey={(x) => x.stream}
          rowTone={(x) => (x.alarmed ? 'bad' : x.error ? 'warn' : undefined)}
          empty={<Empty title={t('sync.no_streams')} />}
          columns={[
            { key: 'stream', title: t('sync.list'), render: (x) => <strong>{t(`sync.stream.${x.stream}`)}</strong> },
            {
              key: 'to',
              title: t('sync.read_to'),
              render: (x) => (
                <>
                  <Time at={x.watermark_at} /> <Lag ms={x.lag_ms} />
                </>
              ),
            },
            { key: 'from', title: t('sync.started_at'), render: (x) => <Time at={x.started_at} /> },
            { key: 'pulled', title: t('sync.pulled_at'), render: (x) => <Time at={x.pulled_at} /> },
            { key: 'next', title: t('sync.next_at'), render: (x) => <Time at={x.next_at} /> },
            { key: 'seen', title: t('sync.seen'), align: 'right', render: (x) => groupDigits(x.seen) },
            { key: 'skew', title: t('sync.skew'), align: 'right', render: (x) => t('sync.seconds', { n: Math.round(x.skew_ms / 1000) }) },
            {
              key: 'error',
              title: t('sync.last_error'),
              render: (x) =>
                x.error ? (
                  <span className={css.lines}>
                    <span className={css.bad}>{x.error.message}</span>
                    <span className={css.muted}>
                      <Time at={x.error.at} /> {x.retries > 0 ? t('sync.retries', { count: x.retries }) : null}
                    </span>
                  </span>
                ) : (
                  <span className={css.muted}>{t('common.none')}</span>
                ),
            },
          ]}
        />
      </Panel>
      {asking ? <PullSome id={id} onClose={() => setAsking(false)} /> : null}
    </Page>
  )
}

function Fact({ label, n, id, tab, state }: { label: string; n: number; id?: string; tab?: 'checks' | 'quarantine' | 'effects' | 'stock'; state?: 'waiting' | 'refused' | 'uncertain' }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {n > 0 && id && tab ? (
          <Link to="/sync/$id" params={{ id }} search={{ tab, state }}>
            {groupDigits(n)}
          </Link>
        ) : (
          groupDigits(n)
        )}
      </dd>
    </>
  )
}

const MOST = 200

/** Asks the channel for some orders by number. */
function PullSome({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [text, setText] = useState('')
  const { numbers } = parseNumbers(text)
  const ask = useAction({
    run: (nos: string[], key) => api.post('/sync/{id}/pull', { channel_order_nos: nos }, { path: { id }, key }),
    invalidates: [['sync']],
    onSuccess: (_, nos) => {
      toast.ok(t('sync.pull_some_asked', { count: nos.length }))
      onClose()
    },
  })
  return (
    <FormDialog title={t('sync.pull_some')} action={t('sync.pull_n', { count: numbers.length })} valid={numbers.length > 0 && numbers.length <= MOST} saving={ask.isPending} error={ask.error} onSave={() => ask.mutate(numbers)} onClose={onClose}>
      <Field label={t('sync.order_nos')} hint={t('sync.order_nos_hint', { max: MOST })}>
        <textarea className={css.area} rows={6} autoFocus aria-label={t('sync.order_nos')} value={text} onChange={(e) => setText(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
