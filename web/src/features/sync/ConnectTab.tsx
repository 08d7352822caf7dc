import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Access, Channel, Shop, TestReport } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { nameOf } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { CopyButton } from '@/ui/Copyable'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { Tag, type Tone } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import { Consent } from './Consent'
import { CredentialForm } from './CredentialForm'
import { accessQuery } from './queries'
import { Until } from './SyncView'
import css from './sync.module.css'

const TONE: Record<Access['state'], Tone> = { unauthorised: 'red', ok: 'green', expiring: 'amber', expired: 'red', refused: 'red' }

/** A shop's access to its channel: what is stored, whether it works, and the way there. */
export function ConnectTab({ shop, channel }: { shop: Shop; channel: Channel }) {
  const { t } = useTranslation()
  const query = useQuery(accessQuery(shop.id))
  const mayEdit = useCan()('channel.edit')
  const offer = channel.api
  const name = nameOf(channel)
  return (
    <Page title={t('sync.connect_title', { shop: shop.name })} hint={t('sync.connect_hint', { channel: name })}>
      {offer ? (
        <QueryState query={query}>
          {(access) => (
            <div className={css.panels}>
              {access ? <Connected shop={shop} channel={channel} access={access} mayEdit={mayEdit} /> : null}
              {access && offer.needs_person && mayEdit ? <Consent shopId={shop.id} channel={name} access={access} /> : null}
              {mayEdit ? (
                <Panel title={access ? t('sync.credentials') : t('sync.connect')} note={access ? t('sync.credentials_note') : undefined}>
                  <CredentialForm key={access?.version ?? 0} shop={shop} offer={offer} access={access} channel={name} />
                </Panel>
              ) : access ? null : (
                <Empty title={t('sync.not_connected')}>
                  <p>{t('sync.ask_admin')}</p>
                </Empty>
              )}
            </div>
          )}
        </QueryState>
      ) : (
        <Panel>
          <Empty title={t('sync.files_only', { channel: name })}>
            <Link to="/import">{t('shell.nav.import')}</Link>
          </Empty>
        </Panel>
      )}
    </Page>
  )
}

function Connected({ shop, channel, access, mayEdit }: { shop: Shop; channel: Channel; access: Access; mayEdit: boolean }) {
  const { t } = useTranslation()
  const now = useNow()
  const [leaving, setLeaving] = useState(false)
  const test = useAction({
    run: (_: null, key) => api.post('/shops/{id}/access/test', undefined, { path: { id: shop.id }, key }),
    invalidates: [['sync']],
  })
  const hook = access.hook_path ? `${location.origin}${access.hook_path}` : ''
  return (
    <Panel
      title={t('sync.connection')}
      actions={
        mayEdit ? (
          <>
            <Button loading={test.isPending} onClick={() => test.mutate(null)}>
              {t('sync.test')}
            </Button>
            <Button danger onClick={() => setLeaving(true)}>
              {t('sync.to_files')}
            </Button>
          </>
        ) : null
      }
    >
      <div className={css.stack}>
        <dl className={css.facts}>
          <dt>{t('sync.state')}</dt>
          <dd>
            <Tag tone={TONE[access.state]}>{t(`sync.access.${access.state}`)}</Tag> {access.error ? <span className={css.bad}>{access.error.message}</span> : null}
            {access.error ? <p className={css.muted}>{t(`sync.advice.${access.state === 'refused' ? 'refused' : 'expired'}`)}</p> : null}
          </dd>
          {access.account ? (
            <>
              <dt>{t('sync.account')}</dt>
              <dd>{access.account}</dd>
            </>
          ) : null}
          {access.expires_at ? (
            <>
              <dt>{t('sync.token_until')}</dt>
              <dd>
                <Until at={access.expires_at} now={now} />
                <span className={css.muted}>{access.needs_person ? t('sync.renews_itself') : ''}</span>
              </dd>
            </>
          ) : null}
          {access.needs_person ? (
            <>
              <dt>{t('sync.authorised_until')}</dt>
              <dd>
                <Until at={access.consent_by_at} now={now} />
              </dd>
            </>
          ) : null}
          {hook && channel.capabilities.includes('push') ? (
            <>
              <dt>{t('sync.hook')}</dt>
              <dd>
                <code>{hook}</code> <CopyButton text={hook} label={t('sync.copy_hook')} />
                <p className={css.muted}>{t('sync.hook_hint')}</p>
              </dd>
            </>
          ) : null}
        </dl>
        {test.error ? <ErrorBox error={test.error} /> : null}
        {test.data ? <TestResult report={test.data} /> : null}
      </div>
      {leaving ? <LeaveDialog shop={shop} onClose={() => setLeaving(false)} /> : null}
    </Panel>
  )
}

/** What a connection test found: it works, or what is wrong and what to do about it. */
export function TestResult({ report }: { report: TestReport }) {
  const { t } = useTranslation()
  const skew = report.skew_ms == null ? null : Math.round(report.skew_ms / 1000)
  const host = location.host
  return (
    <div className={report.ok ? css.good : css.fault} role="status">
      <strong>{report.ok ? t('sync.test_ok', { ms: report.took_ms }) : t(`sync.problem.${report.problem}`)}</strong>
      {report.error ? <span>{report.error.message}</span> : null}
      {report.ok ? null : <span>{t(`sync.next.${report.problem}`, { host })}</span>}
      {skew !== null && Math.abs(skew) >= 2 ? <span>{skew > 0 ? t('sync.skew_behind', { n: skew }) : t('sync.skew_ahead', { n: -skew })}</span> : null}
    </div>
  )
}

function LeaveDialog({ shop, onClose }: { shop: Shop; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const leave = useAction({
    run: (_: null, key) => api.delete('/shops/{id}/access', { path: { id: shop.id }, key }),
    invalidates: [['sync'], ['shops'], ['effects']],
    onSuccess: () => {
      toast.ok(t('sync.now_files', { shop: shop.name }))
      onClose()
    },
  })
  return (
    <FormDialog title={t('sync.to_files')} action={t('sync.to_files_action', { shop: shop.name })} danger valid saving={leave.isPending} error={leave.error} onSave={() => leave.mutate(null)} onClose={onClose}>
      <p>{t('sync.to_files_hint')}</p>
    </FormDialog>
  )
}
