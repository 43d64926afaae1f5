from tests.clients import install

install()
