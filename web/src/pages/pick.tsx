import { useNavigate } from '@tanstack/react-router'
import { ChooseWave } from '@/features/pick/ChooseWave'

export default function PickPage() {
  const navigate = useNavigate()
  return <ChooseWave onOpen={(id) => void navigate({ to: '/pick/$id', params: { id } })} />
}
