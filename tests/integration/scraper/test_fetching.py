"""A site that behaves: what is fetched, what is unchanged, what is asked."""

import gzip

from saleslake.raw import ROWS_PER_FILE
from tests.integration.scraper.site import given

A, B = "id,name\n1,a\n2,b\n", "id,name\n3,c\n"


def test_a_crawl_commits_one_batch_and_reports_it(place, site):
    site.put("sales/b.csv", B)
    site.put("sales/a é.csv", A)
    site.put("readme.txt", "not ours")
    place.profile(site.url)
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    assert site.paths() == ["/exports/", "/exports/sales/a é.csv", "/exports/sales/b.csv"]
    (commit,) = place.commits()
    report = crawl.report
    assert (report["batch"], report["committed"]) == (commit.batch, True)
    assert (report["seen"], report["fetched"], report["unchanged"], report["failed"]) == (2, 2, 0, 0)
    assert report["rows"] == commit.rows == {"sales": 3}
    assert report["bytes"] == len(A + B)
    rows = place.rows()
    assert rows["id"].to_list() == ["1", "2", "3"]
    assert rows["_row"].to_list() == [ROWS_PER_FILE + 1, ROWS_PER_FILE + 2, 2 * ROWS_PER_FILE + 1]
    assert rows["_address"].unique().sort().to_list() == [
        f"{site.url}sales/a%20%C3%A9.csv",
        f"{site.url}sales/b.csv",
    ]
    assert rows["_content_hash"].to_list() == [commit.addresses[0].sha256] * 2 + [commit.addresses[1].sha256]
    assert len(commit.files["sales"]) == 1
    assert "Ada" not in crawl.log


def test_what_the_site_calls_unchanged_is_not_written_again(place, site):
    site.put("a.csv", A)
    site.put("b.csv", B)
    place.profile(site.url)
    place.crawl()
    site.paths()
    again = place.crawl()
    assert again.code == 0, again.log
    assert (again.report["committed"], again.report["unchanged"], again.report["batch"]) == (False, 2, None)
    assert [each.headers["If-None-Match"] is None for each in site.asked if each.path.endswith("csv")] == [
        False,
        False,
    ]
    assert len(place.commits()) == 1
    site.put("b.csv", B + "4,d\n")
    third = place.crawl()
    assert (third.report["fetched"], third.report["unchanged"]) == (1, 1)
    assert place.rows()["id"].to_list() == ["3", "4"]
    # What is unchanged is not named again.
    assert {each.address[-5:]: each.status for each in place.commits()[-1].addresses} == {"b.csv": "fetched"}


def test_the_same_body_without_etags_is_not_written_again(place, site):
    site.etags = False
    site.put("a.csv", A)
    place.profile(site.url)
    place.crawl()
    again = place.crawl()
    assert (again.report["unchanged"], len(place.commits())) == (1, 1)


def test_what_the_index_says_is_unchanged_is_not_asked_for(place, site):
    site.hashes = True
    site.put("a.csv", A)
    site.put("b.csv", B)
    place.profile(site.url)
    place.crawl()
    site.paths()
    site.put("b.csv", B + "4,d\n")
    assert place.crawl().report["fetched"] == 1
    assert site.paths() == ["/exports/", "/exports/b.csv"]


def test_a_profile_that_reads_otherwise_fetches_again(place, site):
    site.hashes = True
    site.put("a.csv", "id;name\n1;a\n")
    place.profile(site.url)
    place.crawl()
    assert place.rows().columns[0] == "id;name"
    place.profile(site.url, 'separator = ";"\n')
    site.paths()
    assert place.crawl().report["fetched"] == 1
    assert site.paths() == ["/exports/", "/exports/a.csv"]
    assert place.rows()["name"].to_list() == ["a"]
    assert place.rows(batch=0).columns[0] == "id;name"


def test_addresses_of_files_and_redirects_on_the_same_host(place, site):
    site.put("a.csv", A)
    site.always["/latest/sales.csv"] = lambda handler: handler.refuse(302, {"Location": "/exports/a.csv"})
    address = site.url.replace("/exports/", "/latest/sales.csv")
    place.profile([address, f"{site.url}a.csv"])
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    assert place.rows()["_address"].unique(maintain_order=True).to_list() == [address, f"{site.url}a.csv"]


def test_a_body_that_the_transport_compressed(place, site):
    site.put("a.csv", A)
    site.put("b.csv.gz", gzip.compress(B.encode()))
    site.always["/exports/a.csv"] = given(gzip.compress(A.encode()), Content_Encoding="gzip")
    # As Apache does with files that are gzip by themselves.
    body = gzip.compress(B.encode())
    site.always["/exports/b.csv.gz"] = given(body, "application/x-gzip", Content_Encoding="x-gzip")
    place.profile(site.url, files="*.csv*")
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    assert place.rows()["id"].to_list() == ["1", "2", "3"]
    assert crawl.report["bytes"] == len(A) + len(body)


def test_many_small_files_are_few_parquet_files(place, site):
    for number in range(150):
        site.put(f"day_{number:03}.csv", f"id,name\n{number},x\n")
    place.profile(site.url)
    crawl = place.crawl("-s", "PROGRESS_SECONDS=0.05")
    assert crawl.report["rows"] == {"sales": 150}, crawl.log
    assert len(place.commits()[0].files["sales"]) == 1
    assert place.rows()["id"].to_list() == [str(number) for number in range(150)]
    assert "of 150 addresses" in crawl.log


def test_secrets_are_shown_to_the_own_host_only(place, site):
    site.put("a.csv", A)
    other = f"http://localhost:{site.server_port}/exports/a.csv"
    site.always["/moved.csv"] = lambda handler: handler.refuse(302, {"Location": other})
    moved = site.url.replace("/exports/", "/moved.csv")
    more = '[secrets]\nX-Api-Key = "SHOP_KEY"\n[manners]\nallowed_hosts = ["localhost"]\n'
    place.profile([moved], f'{more}[tables.sales]\nfiles = "*.csv"\n')
    crawl = place.crawl(SHOP_KEY="hush-1234")
    assert crawl.code == 0, crawl.log
    seen = {each.headers["Host"].partition(":")[0]: each.headers["X-Api-Key"] for each in site.asked}
    assert seen == {"127.0.0.1": "hush-1234", "localhost": None}
    assert "hush-1234" not in crawl.log + place.commits()[0].model_dump_json()


def test_a_secret_that_is_not_set_is_a_wrong_profile(place, site):
    place.profile(site.url, '[secrets]\nX-Api-Key = "SHOP_KEY_THAT_IS_NOT_SET"\n[tables.a]\nfiles = "*"\n')
    crawl = place.crawl()
    assert crawl.code == 2
    assert "secrets.X-Api-Key" in crawl.log
    assert site.asked == []


def test_wrong_use_is_told_apart_from_failure(place):
    assert place.crawl(name="nobody").code == 2
    place.profile("exports", 'separator = "too long"\n')
    crawl = place.crawl()
    assert crawl.code == 2
    assert "tables.sales.separator" in crawl.log
