// slurm.conf of a cluster whose nodes are several slurmd on this machine.
import { hostname, totalmem, userInfo } from 'node:os';

/** This machine's name as Slurm asks for it. */
const host = () => hostname().split('.')[0];

/**
 * Everything runs as the present user: no daemon needs root, and jobs are this user's own.
 * @param folder where the daemons keep state, logs and sockets
 * @param name the cluster's name; it marks every process of a job in its environment
 * @param ports of the controller, then of each node
 * @param nodes names of the nodes, one CPU each and the memory of the machine
 */
export function slurmConf({ folder, name, ports, nodes, maxArraySize }) {
  const user = userInfo().username;
  const [controllerPort, ...nodePorts] = ports;
  const memory = Math.floor(totalmem() / 2 ** 20);
  return `ClusterName=${name}
SlurmctldHost=${host()}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
# A job that lost its node waits for cred_expire seconds before it starts again: 120 by default, 5 at least.
AuthInfo=socket=${folder}/munge/socket,cred_expire=5
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd-%n.log

# No cgroups, no database, no MPI: these need a system that a container does not give.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobCompType=jobcomp/filetxt
JobCompLoc=${folder}/jobcomp.txt
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none

SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
DefMemPerCPU=512
MaxArraySize=${maxArraySize}
PropagateResourceLimits=NONE
JobRequeue=1

# A node is down after SlurmdTimeout seconds of silence, and back as soon as its slurmd answers.
SlurmdTimeout=6
SlurmctldTimeout=30
MessageTimeout=5
TCPTimeout=2
KillWait=5
MinJobAge=300
ReturnToService=2

${nodes.map((node, i) => nodeLine(node, nodePorts[i], memory)).join('\n')}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

const nodeLine = (node, port, memory) =>
  `NodeName=${node} NodeHostname=${host()} NodeAddr=127.0.0.1 Port=${port} CPUs=1 RealMemory=${memory}`;
