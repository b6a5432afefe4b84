"""Who may do what where, on which day."""

from datetime import date, timedelta

import pytest
from psycopg.types.range import Range

from langso.lib.period import REFORM
from langso.people import actions, rules
from langso.people.models import Account, Post
from langso.people.permits import holders, may, reach, units_of
from langso.people.roles import NATIONAL, RIGHTS, Right, Role
from langso.units.models import Unit
from tests.cast import Cast, Player
from tests.country import Country
from tests.factories import AT, TODAY, come_in, open_net

EVE = REFORM - timedelta(days=1)


def _reached(player: Player, right: Right = Right.FIGURE_READ, *, on: date = TODAY) -> set[int]:
    open_net()
    return set(reach(player.person, right, on=on).values_list("pk", flat=True))


def test_an_officer_of_the_merged_commune_reaches_both_old_ones(country: Country, cast: Cast) -> None:
    assert _reached(cast.officer) == {country.merged.pk, country.old_yen_hoa.pk, country.old_ho_thau.pk}


def test_both_heirs_of_a_split_reach_what_was_split(country: Country, cast: Cast) -> None:
    assert _reached(cast.heir_one) == {country.split_one.pk, country.old_ban_nhung.pk}
    assert _reached(cast.heir_two) == {country.split_two.pk, country.old_ban_nhung.pk}


def test_what_a_unit_in_reach_has_absorbed_is_in_reach_too(country: Country, cast: Cast) -> None:
    """Pages about one commune look up all that it absorbed, without asking again who looks."""
    for player in (cast.officer, cast.heir_one, cast.heir_two, cast.neighbour, cast.appraiser):
        reached = _reached(player)
        for unit in reached:
            assert set(Unit.objects.under([unit], TODAY).values_list("pk", flat=True)) <= reached


def test_neighbour_and_stranger_reach_nothing_of_the_merged_commune(country: Country, cast: Cast) -> None:
    theirs = {country.merged.pk, country.old_yen_hoa.pk, country.old_ho_thau.pk}

    assert _reached(cast.neighbour) == {country.neighbour.pk}
    assert not _reached(cast.stranger) & theirs


def test_a_province_post_reaches_the_communes_the_old_ones_and_the_district(country: Country, cast: Cast) -> None:
    c = country
    all_of_it = {c.province, c.district, c.old_yen_hoa, c.old_ho_thau, c.old_ban_nhung, c.merged, c.neighbour}

    assert _reached(cast.appraiser) == {u.pk for u in all_of_it} | {c.split_one.pk, c.split_two.pk}


def test_a_national_post_reaches_everything(country: Country, cast: Cast) -> None:
    assert _reached(cast.editor) == set(Unit.objects.values_list("pk", flat=True))


def test_a_right_that_the_role_lacks_reaches_nothing(country: Country, cast: Cast) -> None:
    assert _reached(cast.volunteer, Right.FIGURE_READ) == set()
    assert country.merged.pk in _reached(cast.volunteer, Right.ASSESSMENT_READ)
    assert _reached(cast.editor, Right.FIGURE_WRITE) == set()


@pytest.mark.parametrize(
    ("day", "has_it"), [(date(2026, 1, 1), True), (date(2026, 3, 31), True), (date(2026, 4, 1), False)]
)
def test_a_post_ends_on_its_day(day: date, has_it: bool, country: Country, cast: Cast) -> None:
    open_net()
    cast.officer.post.valid = Range(REFORM, date(2026, 4, 1))
    cast.officer.post.save()

    assert bool(_reached(cast.officer, on=day)) is has_it
    assert come_in(cast.officer, on=day).has(Right.FIGURE_READ) is has_it


def test_a_post_does_not_begin_before_its_day(country: Country, cast: Cast) -> None:
    assert _reached(cast.officer, on=EVE) == set()
    assert come_in(cast.officer, on=EVE).rights == frozenset()


def test_the_door_and_the_query_give_the_same_units(country: Country, cast: Cast) -> None:
    for player in vars(cast).values():
        for right in Right:
            by_query = _reached(player, right)
            presence = come_in(player)
            assert set(units_of(presence, right, on=TODAY).values_list("pk", flat=True)) == by_query


def test_whoever_holds_a_right_at_a_unit_is_found_from_the_unit(country: Country, cast: Cast) -> None:
    open_net()
    at_old = set(holders(Right.FIGURE_WRITE, country.old_yen_hoa, on=TODAY).values_list("pk", flat=True))

    c = cast
    assert at_old == {p.id for p in (c.officer, c.colleague, c.head, c.province_admin, c.ministry_admin)}
    assert may(c.officer.person, Right.FIGURE_WRITE, country.old_yen_hoa, on=TODAY)
    assert not may(c.neighbour.person, Right.FIGURE_WRITE, country.old_yen_hoa, on=TODAY)


def _grant(by: Player, role: Role, unit: Unit | None, *, username: str = "moi.vao") -> tuple[Post, str]:
    return actions.grant_post(
        full_name="Lò Thị  Mới ",
        address="chị",
        username=username,
        role=role,
        unit=unit,
        unit_name="đơn vị này",
        by=come_in(by),
        at=AT,
    )


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COMMUNE_OFFICER, Role.COMMUNE_HEAD])
def test_the_head_of_a_commune_grants_the_roles_of_her_commune(role: Role, country: Country, cast: Cast) -> None:
    post, password = _grant(cast.head, role, country.merged)

    account = Account.objects.get(username="moi.vao")
    assert post.person.full_name == "Lò Thị Mới"
    assert (post.valid.lower, post.valid.upper) == (TODAY, None)
    assert account.check_password(password)
    assert password not in account.password


@pytest.mark.parametrize(
    ("who", "role", "where", "refusal"),
    [
        ("head", Role.COMMUNE_OFFICER, "neighbour", rules.RoleNotYours),
        ("head", Role.PROVINCE_ADMIN, "province", rules.RoleNotYours),
        ("head", Role.PROVINCE_ADMIN, "merged", rules.RoleNotHere),
        ("head", Role.MINISTRY_EDITOR, "", rules.RoleNotYours),
        ("province_admin", Role.MINISTRY_ADMIN, "", rules.RoleNotYours),
        ("province_admin", Role.COMMUNE_OFFICER, "far_commune", rules.RoleNotYours),
        ("province_admin", Role.COMMUNE_OFFICER, "province", rules.RoleNotHere),
        ("province_admin", Role.COMMUNE_OFFICER, "", rules.RoleNotHere),
        ("ministry_admin", Role.MINISTRY_EDITOR, "province", rules.RoleNotHere),
    ],
)
def test_one_grants_only_roles_whose_rights_one_holds_there(
    who: str, role: Role, where: str, refusal: type[Exception], country: Country, cast: Cast
) -> None:
    with pytest.raises(refusal):
        _grant(getattr(cast, who), role, getattr(country, where) if where else None)

    assert not Account.objects.filter(username="moi.vao").exists()


def test_the_ministry_grants_posts_of_the_whole_country(country: Country, cast: Cast) -> None:
    post, _ = _grant(cast.ministry_admin, Role.MINISTRY_EDITOR, None)

    assert post.unit is None


@pytest.mark.parametrize("username", ["", "a", "có dấu", "x" * 61, "-dau", "a b c", "<script>"])
def test_a_username_that_cannot_be_typed_is_refused(username: str, country: Country, cast: Cast) -> None:
    with pytest.raises(rules.UsernameWrong, match="không dấu"):
        _grant(cast.head, Role.VOLUNTEER, country.merged, username=username)


def test_a_username_is_given_once_whatever_its_case(country: Country, cast: Cast) -> None:
    _grant(cast.head, Role.VOLUNTEER, country.merged)

    with pytest.raises(rules.UsernameTaken, match=r"moi\.vao"):
        _grant(cast.head, Role.VOLUNTEER, country.merged, username=" MOI.vao ")


def test_a_post_is_ended_and_its_row_stays(country: Country, cast: Cast) -> None:
    by = come_in(cast.head)
    post = Post.objects.get(person=cast.officer.person)

    ended = actions.end_post(post=post, stop=TODAY, by=by, at=AT)
    again = actions.end_post(post=Post.objects.get(pk=post.pk), stop=TODAY, by=by, at=AT)

    assert ended.valid == again.valid == Range(REFORM, TODAY)


def test_nobody_ends_her_own_post(country: Country, cast: Cast) -> None:
    with pytest.raises(rules.OwnPost):
        actions.end_post(post=cast.head.post, stop=TODAY, by=come_in(cast.head), at=AT)


def test_a_post_above_ones_own_cannot_be_ended(country: Country, cast: Cast) -> None:
    with pytest.raises(rules.RoleNotYours):
        actions.end_post(post=cast.province_admin.post, stop=TODAY, by=come_in(cast.head), at=AT)


def test_a_post_cannot_end_before_it_began(country: Country, cast: Cast) -> None:
    with pytest.raises(rules.PostEndsBeforeStart):
        actions.end_post(post=cast.officer.post, stop=EVE, by=come_in(cast.head), at=AT)


def test_a_new_password_is_only_given_to_whom_one_could_grant_the_post(country: Country, cast: Cast) -> None:
    with pytest.raises(rules.RoleNotYours):
        actions.reset_password(person=cast.province_admin.person, by=come_in(cast.head), at=AT)

    password = actions.reset_password(person=cast.officer.person, by=come_in(cast.head), at=AT)

    assert Account.objects.get(username="suong").check_password(password)


def test_a_post_out_of_reach_counts_too_when_a_password_is_reset(country: Country, cast: Cast) -> None:
    """Else the head of a commune takes over an administrator of the province who also helps in her commune."""
    open_net()
    Post.objects.create(
        person=cast.province_admin.person, role=Role.VOLUNTEER, unit=country.merged, valid=Range(REFORM, None)
    )
    by = come_in(cast.head)
    assert Post.objects.filter(person=cast.province_admin.person).count() == 1  # the net hides the other

    with pytest.raises(rules.RoleNotYours):
        actions.reset_password(person=cast.province_admin.person, by=by, at=AT)


def test_only_national_roles_have_no_unit() -> None:
    assert {role for role in Role if role not in rules.LEVEL_OF} == set(NATIONAL)


def test_every_role_has_rights_and_a_volunteer_writes_nothing() -> None:
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.MINISTRY_ADMIN] == frozenset(Right) - {Right.HOUSEHOLD_READ, Right.HOUSEHOLD_WRITE}
    assert not RIGHTS[Role.VOLUNTEER] & {
        Right.FIGURE_WRITE,
        Right.FIGURE_READ,
        Right.ASSESSMENT_PUBLISH,
        Right.POST_GRANT,
    }
