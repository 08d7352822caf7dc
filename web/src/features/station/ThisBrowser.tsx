import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { components, componentState, mayReachComponents, type ComponentKind, type ComponentState } from '@/lib/component'
import { areaTemplates, isAreaTemplate, keepAreaTemplate } from '@/lib/component/area'
import { leaveStation, pairStation, startStation, useStation } from '@/lib/component/station'
import { Field } from '@/ui/Field'
import { Panel } from '@/ui/Page'
import { ErrorBox } from '@/ui/States'
import { Dot, Tag } from '@/ui/Tag'
import css from './station.module.css'

const kinds = Object.keys(components) as ComponentKind[]

/** Goes on as the print station that this browser is, wherever labels are printed from. */
export function useBrowserStation(): void {
  useEffect(() => startStation(), [])
}

/** This browser as a print station: which components its machine has, pairing, and what it does. */
export function ThisBrowser() {
  const { t } = useTranslation()
  const station = useStation()
  const barred = !mayReachComponents()
  useBrowserStation()
  return (
    <Panel
      title={t('station.title')}
      actions={
        station.is !== 'off' ? (
          <Button size="small" danger onClick={leaveStation}>
            {t('station.leave', { name: station.name })}
          </Button>
        ) : null
      }
    >
      {barred ? (
        <p role="note">{t('station.barred')}</p>
      ) : (
        <>
          <p>{t('station.hint')}</p>
          {station.is === 'off' ? <Pair /> : <Working />}
          <Components />
          {station.is === 'off' ? null : <Areas />}
        </>
      )}
    </Panel>
  )
}

function Working() {
  const { t } = useTranslation()
  const station = useStation()
  if (station.is === 'off') return null
  const tone = { working: 'green', elsewhere: 'plain', revoked: 'red', troubled: 'red' } as const
  const says: Record<typeof station.is, string> = {
    working: station.printing > 0 ? t('station.printing', { count: station.printing, n: station.printing }) : t('station.waits'),
    elsewhere: t('station.elsewhere'),
    revoked: t('station.revoked'),
    troubled: t('station.troubled'),
  }
  return (
    <div role="status">
      <p>
        <strong>{station.name}</strong> <Tag tone={tone[station.is]}>{says[station.is]}</Tag>
      </p>
      {station.is === 'troubled' ? <ErrorBox error={station.error} /> : null}
    </div>
  )
}

function Pair() {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const pair = useMutation({ mutationFn: (typed: string) => pairStation(typed) })
  return (
    <form
      className={css.pair}
      onSubmit={(event) => {
        event.preventDefault()
        if (code.trim() !== '') pair.mutate(code.trim())
      }}
    >
      <Field label={t('station.code')} hint={t('station.code_hint')}>
        <Input aria-label={t('station.code')} maxLength={60} value={code} autoComplete="off" onChange={(e) => setCode(e.target.value)} />
      </Field>
      <Button htmlType="submit" loading={pair.isPending} disabled={code.trim() === ''}>
        {t('station.pair')}
      </Button>
      {pair.error ? <ErrorBox error={pair.error} /> : null}
    </form>
  )
}

/** Every component, as it is found on this machine. */
function Components() {
  const { t } = useTranslation()
  const found = useQuery({
    queryKey: ['station', 'components'],
    queryFn: () => Promise.all(kinds.map((kind) => componentState(kind))),
    enabled: false, // browsers may ask the person whether the page may look: only when told to
    gcTime: 60_000,
  })
  return (
    <div>
      <Button onClick={() => void found.refetch()} loading={found.isFetching}>
        {t('station.look')}
      </Button>
      {found.data ? (
        <ul className={css.found} aria-label={t('station.components')}>
          {kinds.map((kind, i) => (
            <li key={kind}>
              <Found kind={kind} state={found.data[i] ?? { state: 'closed' }} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

function Found({ kind, state }: { kind: ComponentKind; state: ComponentState }): ReactNode {
  const { t } = useTranslation()
  const open = state.state === 'open'
  return (
    <>
      <Dot tone={open ? 'green' : 'plain'} /> {t(`station.component.${kind}`)}:{' '}
      {open ? (state.printers.length > 0 ? state.printers.map((p) => p.name).join(', ') : t('station.no_printers')) : t(`station.is.${state.state}`)}
    </>
  )
}

/** Where the templates are that draw batch, place and goods in the area which the platforms' labels leave us. */
function Areas() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<Partial<Record<ComponentKind, string>>>(areaTemplates)
  return (
    <details className={css.areas}>
      <summary>{t('station.areas')}</summary>
      <p>{t('station.areas_hint')}</p>
      {kinds.map((kind) => {
        const address = (typed[kind] ?? '').trim()
        const wrong = address !== '' && !isAreaTemplate(address)
        const label = t('station.area_of', { component: t(`station.component.${kind}`) })
        return (
          <Field key={kind} label={label} hint={wrong ? t('station.area_bad') : undefined}>
            <Input
              aria-label={label}
              inputMode="url"
              maxLength={500}
              autoComplete="off"
              status={wrong ? 'error' : undefined}
              value={typed[kind] ?? ''}
              onChange={(event) => {
                setTyped({ ...typed, [kind]: event.target.value })
                const next = event.target.value.trim()
                if (next === '' || isAreaTemplate(next)) keepAreaTemplate(kind, next)
              }}
            />
          </Field>
        )
      })}
    </details>
  )
}
