"""A stacked table names the column in each cell, and touches nothing else."""

from langso.ui.stacking import labelled

HEAD = '<thead><tr><th scope="col"><a class="sort" href="?xep=ten">Xã<svg></svg></a></th><th>Hạn, giờ</th></tr></thead>'


def test_each_cell_says_the_words_of_its_column() -> None:
    table = labelled(f'{HEAD}<tbody><tr><th scope="row">Hồ Thầu</th><td class="n">15/12</td></tr></tbody>')

    assert '<td class="n" data-l="Hạn, giờ">15/12</td>' in table
    assert '<th scope="row">Hồ Thầu</th>' in table


def test_a_row_that_begins_with_a_cell_starts_at_the_first_column() -> None:
    assert '<td data-l="Xã">1</td><th>A</th>' in labelled(f"{HEAD}<tbody><tr><td>1</td><th>A</th></tr></tbody>")


def test_a_cell_with_its_own_words_keeps_them_and_one_too_many_gets_none() -> None:
    table = labelled(f'{HEAD}<tbody><tr><th>A</th><td data-l="Khi nào">b</td><td>c</td></tr></tbody>')

    assert '<td data-l="Khi nào">b</td><td>c</td>' in table
