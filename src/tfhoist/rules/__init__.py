"""The audit's rules, one a file; `RULES` has them all, sorted by their ids."""

from __future__ import annotations

from tfhoist.rules.base import Context, Rule
from tfhoist.rules.co_tenant import CoTenant
from tfhoist.rules.configured_not_in_state import ConfiguredNotInState
from tfhoist.rules.deposed_instance import DeposedInstance
from tfhoist.rules.duplicate_address import DuplicateAddress
from tfhoist.rules.duplicate_real_name import DuplicateRealName
from tfhoist.rules.edge_claimed_twice import EdgeClaimedTwice
from tfhoist.rules.equal_rule_priority import EqualRulePriority
from tfhoist.rules.hard_coded_account_id import HardCodedAccountId
from tfhoist.rules.hard_coded_arn import HardCodedArn
from tfhoist.rules.hard_coded_cidr import HardCodedCidr
from tfhoist.rules.hard_coded_domain import HardCodedDomain
from tfhoist.rules.health_check_differs import HealthCheckDiffers
from tfhoist.rules.host_routed_elsewhere import HostRoutedElsewhere
from tfhoist.rules.host_without_record import HostWithoutRecord
from tfhoist.rules.ignored_configuration_file import IgnoredConfigurationFile
from tfhoist.rules.in_state_not_configured import InStateNotConfigured
from tfhoist.rules.json_configuration import JsonConfiguration
from tfhoist.rules.listener_port_conflict import ListenerPortConflict
from tfhoist.rules.listener_rule_limit import ListenerRuleLimit
from tfhoist.rules.load_balancer_without_listener import LoadBalancerWithoutListener
from tfhoist.rules.override_file import OverrideFile
from tfhoist.rules.plan_file_in_folder import PlanFileInFolder
from tfhoist.rules.record_without_rule import RecordWithoutRule
from tfhoist.rules.redirect_to_closed_port import RedirectToClosedPort
from tfhoist.rules.reference_cycle import ReferenceCycle
from tfhoist.rules.rule_after_catch_all import RuleAfterCatchAll
from tfhoist.rules.rule_overlap import RuleOverlap
from tfhoist.rules.rule_parity import RuleParity
from tfhoist.rules.secret_in_configuration import SecretInConfiguration
from tfhoist.rules.secret_in_tfvars import SecretInTfvars
from tfhoist.rules.security_group_across import SecurityGroupAcross
from tfhoist.rules.shadowed_rule import ShadowedRule
from tfhoist.rules.state_file_in_folder import StateFileInFolder
from tfhoist.rules.tainted_instance import TaintedInstance
from tfhoist.rules.target_group_in_another_network import TargetGroupInAnotherNetwork
from tfhoist.rules.target_group_without_route import TargetGroupWithoutRoute
from tfhoist.rules.target_port_closed import TargetPortClosed
from tfhoist.rules.undeclared_reference import UndeclaredReference

RULES: tuple[Rule, ...] = (
    CoTenant(),
    ConfiguredNotInState(),
    DeposedInstance(),
    DuplicateAddress(),
    DuplicateRealName(),
    EdgeClaimedTwice(),
    EqualRulePriority(),
    HardCodedAccountId(),
    HardCodedArn(),
    HardCodedCidr(),
    HardCodedDomain(),
    HealthCheckDiffers(),
    HostRoutedElsewhere(),
    HostWithoutRecord(),
    IgnoredConfigurationFile(),
    InStateNotConfigured(),
    JsonConfiguration(),
    ListenerPortConflict(),
    ListenerRuleLimit(),
    LoadBalancerWithoutListener(),
    OverrideFile(),
    PlanFileInFolder(),
    RecordWithoutRule(),
    RedirectToClosedPort(),
    ReferenceCycle(),
    RuleAfterCatchAll(),
    RuleOverlap(),
    RuleParity(),
    SecretInConfiguration(),
    SecretInTfvars(),
    SecurityGroupAcross(),
    ShadowedRule(),
    StateFileInFolder(),
    TaintedInstance(),
    TargetGroupInAnotherNetwork(),
    TargetGroupWithoutRoute(),
    TargetPortClosed(),
    UndeclaredReference(),
)

__all__ = ["RULES", "Context", "Rule"]
