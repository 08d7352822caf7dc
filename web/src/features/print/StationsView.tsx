import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useNow } from '@/lib/clock'
import { useCan } from '@/lib/session'
import { CopyButton } from '@/ui/Copyable'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Dot, Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { HandOverDialog } from './HandOverDialog'
import { isOnline } from './online'
import css from './print.module.css'
import { agentsQuery, batchesQuery, type Agent, type Batch } from './queries'

/** Print stations: the programs on packing PCs that drive the printers there. */
export function StationsView({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const can = useCan()('packing.print')
  const now = useNow()
  const query = useQuery(agentsQuery)
  const batches = useQuery(batchesQuery).data ?? []
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<Agent | null>(null)
  const [moving, setMoving] = useState<Batch | null>(null)
  const queue = (a: Agent) => batches.filter((b) => b.agent_id === a.id && b.state !== 'closed')
  return (
    <Page
      title={t('print.stations')}
      hint={t('print.stations_hint')}
      actions={
        can ? (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('print.add_station')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <QueryState query={query}>
          {(all) => (
            <DataTable
              label={t('print.stations')}
              rows={all}
              rowKey={(a) => a.id}
              rowTone={(a) => (a.state === 'active' && !isOnline(a, now) && queue(a).length > 0 ? 'bad' : undefined)}
              empty={<Empty title={t('print.stations_none')}>{can ? <Button onClick={() => setAdding(true)}>{t('print.add_station')}</Button> : null}</Empty>}
              columns={[
                { key: 'name', title: t('print.station'), render: (a) => <strong>{a.name}</strong> },
                { key: 'state', title: t('print.state_title'), render: (a) => <State agent={a} now={now} /> },
                { key: 'seen', title: t('print.seen'), render: (a) => <Time at={a.seen_at} /> },
                { key: 'printers', title: t('print.printers'), render: (a) => (a.printers.length > 0 ? a.printers.join(', ') : '\u2013') },
                {
                  key: 'components',
                  title: t('print.components'),
                  render: (a) =>
                    a.components.map((c) => (
                      <div key={c.channel}>
                        <Dot tone={c.open ? 'green' : 'red'} /> {t(`print.channel.${c.channel}`, { defaultValue: c.channel })} {c.open ? t('print.online') : t('print.offline')}
                      </div>
                    )),
                },
                {
                  key: 'queue',
                  title: t('print.queue'),
                  render: (a) =>
                    queue(a).map((b) => (
                      <div key={b.id} className={css.no}>
                        <Link to="/print" search={{ tab: 'batches', batch: b.id }}>
                          {b.code} · {b.printer}
                        </Link>
                        {can && b.state === 'ready' ? (
                          <Button size="small" onClick={() => setMoving(b)}>
                            {t('print.hand_over')}
                          </Button>
                        ) : null}
                      </div>
                    )),
                },
                {
                  key: 'acts',
                  title: '',
                  render: (a) =>
                    can && a.state !== 'revoked' ? (
                      <Button size="small" danger onClick={() => setEnding(a)}>
                        {t('print.revoke')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {children}
      {adding ? <AddDialog onClose={() => setAdding(false)} /> : null}
      {ending ? <RevokeDialog agent={ending} waiting={queue(ending).length} onClose={() => setEnding(null)} /> : null}
      {moving ? <HandOverDialog batch={moving} onClose={() => setMoving(null)} /> : null}
    </Page>
  )
}

function State({ agent, now }: { agent: Agent; now: number }) {
  const { t } = useTranslation()
  if (agent.state !== 'active') return <Tag tone={agent.state === 'pairing' ? 'amber' : 'plain'}>{t(`print.station_state.${agent.state}`)}</Tag>
  const on = isOnline(agent, now)
  return <Tag tone={on ? 'green' : 'red'}>{on ? t('print.online') : t('print.offline')}</Tag>
}

/** Makes a station and shows, once, the code to type into its program. */
function AddDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const add = useAction({
    run: (input: { name: string }, key) => api.post('/print/agents', input, { key }),
    invalidates: [['print', 'agents']],
  })
  const code = add.data?.code
  if (code) {
    const command = `ordercove agent pair --server ${window.location.origin} --code ${code}`
    return (
      <FormDialog title={t('print.pair_title', { name: add.data?.agent.name ?? '' })} action={t('common.close')} valid saving={false} error={null} onSave={onClose} onClose={onClose}>
        <p>{t('print.pair_hint')}</p>
        <p className={css.code}>
          <strong>{code}</strong> <CopyButton text={code} label={t('print.copy_code')} />
        </p>
        <p className={css.muted}>{t('print.pair_command')}</p>
        <p className={css.command}>
          <code>{command}</code> <CopyButton text={command} label={t('print.copy_command')} />
        </p>
      </FormDialog>
    )
  }
  return (
    <FormDialog title={t('print.add_station')} action={t('print.add_station')} valid={name.trim() !== ''} saving={add.isPending} error={add.error} onSave={() => add.mutate({ name: name.trim() })} onClose={onClose}>
      <Field label={t('print.station_name')} hint={t('print.station_name_hint')}>
        <Input autoFocus aria-label={t('print.station_name')} maxLength={40} value={name} onChange={(e) => setName(e.target.value)} />
      </Field>
    </FormDialog>
  )
}

function RevokeDialog({ agent, waiting, onClose }: { agent: Agent; waiting: number; onClose: () => void }) {
  const { t } = useTranslation()
  const revoke = useAction({
    run: (id: string, key) => api.post('/print/agents/{id}/revoke', undefined, { path: { id }, key }),
    invalidates: [['print']],
    onSuccess: onClose,
  })
  return (
    <FormDialog title={t('print.revoke_title')} action={t('print.revoke_name', { name: agent.name })} danger valid saving={revoke.isPending} error={revoke.error} onSave={() => revoke.mutate(agent.id)} onClose={onClose}>
      <p>{waiting > 0 ? t('print.revoke_queue', { count: waiting, n: waiting }) : t('print.revoke_hint')}</p>
    </FormDialog>
  )
}
